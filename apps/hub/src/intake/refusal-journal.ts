/**
 * What the door refused, for the auditor: one journal entry with who (certificate, centre, address), which rule and how
 * often (the Security Alert of PS3.15 A.5.3.11). The same refusal of the same peer again is counted, not written again, until
 * it has been quiet for a while: a flood must not fill the journal.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { CENTRE_DIRECTORY, CLOCK, UNIT_OF_WORK } from '@modelbank/contracts';
import type { CentreDirectory, Clock } from '@modelbank/contracts';
import { Allowance, LOGGER, SCHEDULER, Ticker } from '@modelbank/platform';
import type { HubLogger, Scheduler } from '@modelbank/platform';
import { appendJournal } from '@modelbank/store';
import type { JournalFact, UnitOfWork } from '@modelbank/store';

/** No text in here is the peer's own. */
export interface Refusal {
  /** `noun.verb` of the journal. */
  readonly kind: `${string}.${string}`;
  /** The rule that it broke: an error code of the hub, or a rule of the listener. */
  readonly code: string;
  readonly text: string;
  readonly remoteAddress: string;
  readonly fingerprintSha256?: string;
  readonly serialNumber?: string;
  /** Where the certificate does not say it. */
  readonly centreId?: string;
  readonly associationId?: string;
  readonly subjectId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

interface Counted {
  readonly refusal: Refusal;
  readonly since: Date;
  readonly firstMs: number;
  lastMs: number;
  count: number;
}

/** For each time that it was refused; a flood may pause for longer without being told anew. */
const QUIET_MS = 300;
const MOST_QUIET_MS = 3_000;
/** A peer that goes on and on gets an entry this often. */
const LONGEST_MS = 60_000;
const LOOK_EVERY_MS = 150;
/** Refusals that are being counted at a time; more peers than that are counted together. */
const MOST_COUNTED = 1_000;
const AT_ONCE = 100;
/** Entries of one peer, and of all of them together; what comes in between is counted on. */
const OF_ONE = { atOnce: 1_000, oneMoreAfterMs: 10_000, mostKeys: 1_000 };
const OF_ALL = { atOnce: 5_000, oneMoreAfterMs: 1_000, mostKeys: 1 };

@Injectable()
export class RefusalJournal implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly counted = new Map<string, Counted>();
  private readonly ofOne = new Allowance(OF_ONE);
  private readonly ofAll = new Allowance(OF_ALL);
  private readonly ticker: Ticker;

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SCHEDULER) scheduler: Scheduler,
    @Inject(LOGGER) private readonly logger: HubLogger,
  ) {
    this.ticker = new Ticker({
      everyMs: LOOK_EVERY_MS,
      scheduler,
      sweep: () => this.write((counted) => this.isOver(counted) && this.isAllowed(counted)),
      onError: (error) => this.logger.error('refusals could not be journalled', error, { stage: 'intake' }),
    });
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
  }

  /** Never throws and never waits: a refusal must not depend on the database. */
  record(refusal: Refusal): void {
    const own = `${refusal.kind} ${refusal.code} ${refusal.remoteAddress} ${refusal.fingerprintSha256 ?? ''}`;
    const isRoom = this.counted.has(own) || this.counted.size < MOST_COUNTED;
    const key = isRoom ? own : `${refusal.kind} ${refusal.code}`;
    const nowMs = this.clock.monotonicMs();
    const counted = this.counted.get(key);
    if (counted !== undefined) {
      counted.count += 1;
      counted.lastMs = nowMs;
      return;
    }
    const { kind, code, text } = refusal;
    const told = isRoom ? refusal : { kind, code, text, remoteAddress: 'several' };
    this.counted.set(key, { refusal: told, since: this.clock.now(), firstMs: nowMs, lastMs: nowMs, count: 1 });
  }

  /** Writes everything that is still being counted: the listener is closing. */
  async flush(): Promise<void> {
    while (await this.write(() => true));
  }

  private isOver({ firstMs, lastMs, count }: Counted): boolean {
    const nowMs = this.clock.monotonicMs();
    return nowMs - lastMs >= Math.min(MOST_QUIET_MS, count * QUIET_MS) || nowMs - firstMs >= LONGEST_MS;
  }

  private isAllowed({ refusal: { remoteAddress, fingerprintSha256 } }: Counted): boolean {
    const nowMs = this.clock.monotonicMs();
    return this.ofOne.take(`${remoteAddress} ${fingerprintSha256 ?? ''}`, nowMs) && this.ofAll.take('', nowMs);
  }

  /** True when more may be waiting. What cannot be written now is counted on and tried again. */
  private async write(isDue: (counted: Counted) => boolean): Promise<boolean> {
    const now: [string, Counted][] = [];
    for (const entry of this.counted) {
      if (now.length < AT_ONCE && isDue(entry[1])) now.push(entry);
    }
    if (now.length === 0) return false;
    now.forEach(([key]) => this.counted.delete(key));
    try {
      const facts = await Promise.all(now.map(([, counted]) => this.factOf(counted)));
      await this.unitOfWork.run(async (tx) => {
        for (const fact of facts) await appendJournal(tx, this.clock, fact);
      });
    } catch (thrown) {
      this.countOn(now);
      throw thrown;
    }
    return now.length === AT_ONCE;
  }

  private countOn(entries: readonly (readonly [string, Counted])[]): void {
    for (const [key, counted] of entries) {
      const newer = this.counted.get(key);
      this.counted.set(key, { ...counted, count: counted.count + (newer?.count ?? 0) });
    }
  }

  private async factOf({ refusal, since, count }: Counted): Promise<JournalFact> {
    const { kind, code, text, remoteAddress, fingerprintSha256, serialNumber, associationId } = refusal;
    const standing = fingerprintSha256 && (await this.directory.certificate(fingerprintSha256));
    const centreId = standing && standing.kind !== 'unknown' ? standing.centreId : null;
    return {
      kind,
      centreId: refusal.centreId ?? centreId,
      actor: fingerprintSha256 ?? 'unknown',
      subjectId: refusal.subjectId ?? associationId ?? null,
      text,
      details: { ...refusal.details, code, count, since, remoteAddress, serialNumber, associationId },
    };
  }
}
