/** Who was turned away at the DICOMweb door: one journal entry each, but a flood of them cannot fill the database. */
import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { CLOCK, UNIT_OF_WORK, httpStatusOf } from '@modelbank/contracts';
import type { Clock, HubError } from '@modelbank/contracts';
import { LOGGER } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import { appendJournal } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { fingerprintOf } from './callers/machine-callers';
import { doorOf } from './door';

const MINUTE_MS = 60_000;
const MOST_PER_MINUTE = 120;

export interface RefusedPeer {
  /** Null before any request. */
  readonly method: string | null;
  readonly socket: Socket;
  readonly hadToken: boolean;
}

@Injectable()
export class AccessRefusals {
  private minute = 0;
  private inMinute = 0;

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
  ) {}

  /** Of a request that the guard refused; only what the network asks is an event. */
  async record(request: Request, refusal: HubError, centreId: string | null): Promise<void> {
    if (doorOf(request) !== 'dicomweb' || ![401, 403].includes(httpStatusOf(refusal.code))) return;
    const { method, socket, headers } = request;
    await this.write({ method, socket, hadToken: 'authorization' in headers }, refusal, centreId);
  }

  /** Also of a connection that was refused before any request: its method is null. */
  async write(refused: RefusedPeer, { code, message }: HubError, centreId: string | null): Promise<void> {
    const { method, socket, hadToken } = refused;
    const fingerprintSha256 = fingerprintOf(socket);
    const { remoteAddress } = socket;
    this.logger.warn('a DICOMweb peer was refused', { stage: 'access', code, host: remoteAddress, fingerprintSha256 });
    if (!this.mayWrite()) return;
    await this.unitOfWork.run((tx) =>
      appendJournal(tx, this.clock, {
        ...{ kind: 'dicomweb.refused', centreId, actor: fingerprintSha256 ?? 'unknown' },
        text: `a DICOMweb peer was refused: ${message}`,
        details: { code, method, remoteAddress, hadToken },
      }),
    );
  }

  private mayWrite(): boolean {
    const minute = Math.floor(this.clock.monotonicMs() / MINUTE_MS);
    this.inMinute = minute === this.minute ? this.inMinute + 1 : 1;
    this.minute = minute;
    return this.inMinute <= MOST_PER_MINUTE;
  }
}
