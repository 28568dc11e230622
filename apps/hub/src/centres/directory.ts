/**
 * The centre directory: certificates and AE titles in memory. Loaded again after every change made here, and at the
 * latest after two seconds, because another process may have changed them: that and the watch of live connections
 * (intake/connection-watch.ts) keep the five seconds within which a revocation must be felt.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, READ_STORE } from '@modelbank/contracts';
import type { CalledAe, CallingAe, CentreDirectory, CertificateStanding, Clock } from '@modelbank/contracts';
import { CalledAeEntity, CallingAeEntity, CentreCertificateEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';

const MAXIMUM_AGE_MS = 2_000;

interface Snapshot {
  readonly takenAtMs: number;
  readonly certificates: ReadonlyMap<string, CentreCertificateEntity>;
  readonly callingAes: ReadonlyMap<string, CallingAe>;
  readonly calledAes: ReadonlyMap<string, CalledAe>;
}

@Injectable()
export class CachedCentreDirectory implements CentreDirectory {
  private snapshot: Promise<Snapshot> | undefined;
  private readonly revocationListeners = new Set<(fingerprintSha256: string) => void>();

  constructor(
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async certificate(fingerprintSha256: string): Promise<CertificateStanding> {
    const row = (await this.current()).certificates.get(fingerprintSha256);
    if (row === undefined) return { kind: 'unknown' };
    const { centreId } = row;
    if (row.revokedAt !== null) return { kind: 'revoked', centreId };
    const now = this.clock.now();
    return { kind: now < row.notBefore || now > row.notAfter ? 'outsideValidity' : 'enrolled', centreId };
  }

  async callingAe(aeTitle: string): Promise<CallingAe | undefined> {
    return (await this.current()).callingAes.get(aeTitle);
  }

  async calledAe(aeTitle: string): Promise<CalledAe | undefined> {
    return (await this.current()).calledAes.get(aeTitle);
  }

  async refresh(): Promise<void> {
    this.forget();
    await this.current();
  }

  onRevoked(listener: (fingerprintSha256: string) => void): () => void {
    this.revocationListeners.add(listener);
    return () => this.revocationListeners.delete(listener);
  }

  /** After a committed change: the next question reads the database. */
  forget(): void {
    this.snapshot = undefined;
  }

  /** After a committed revocation. */
  tellRevoked(fingerprintSha256: string): void {
    this.forget();
    for (const listener of this.revocationListeners) listener(fingerprintSha256);
  }

  private async current(): Promise<Snapshot> {
    const held = this.snapshot;
    if (held !== undefined) {
      const snapshot = await held;
      if (this.clock.monotonicMs() - snapshot.takenAtMs < MAXIMUM_AGE_MS) return snapshot;
    }
    const fresh = this.load();
    this.snapshot = fresh;
    fresh.catch(() => {
      if (this.snapshot === fresh) this.snapshot = undefined;
    });
    return fresh;
  }

  private async load(): Promise<Snapshot> {
    const takenAtMs = this.clock.monotonicMs();
    const { manager } = this.readStore;
    const certificates = await manager.find(CentreCertificateEntity);
    const callingAes = await manager.find(CallingAeEntity);
    const calledAes = await manager.find(CalledAeEntity);
    return {
      takenAtMs,
      certificates: new Map(certificates.map((row) => [row.fingerprintSha256, row])),
      callingAes: new Map(callingAes.map((row) => [row.aeTitle, row])),
      calledAes: new Map(calledAes.map((row) => [row.aeTitle, { ...row, parameters: row.parameters ?? {} }])),
    };
  }
}
