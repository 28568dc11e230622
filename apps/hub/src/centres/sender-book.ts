/**
 * The book of senders that were not let in. The first attempt is written at once with its journal entry; what the same sender
 * does in the minute after it is counted in memory and written every two seconds. Rows, journal entries and memory are bounded,
 * whatever strangers do.
 */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { In } from 'typeorm';
import { CLOCK, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, SenderAttempt, SenderBook } from '@modelbank/contracts';
import { escapeAeTitle } from '@modelbank/dicom';
import { Allowance, LOGGER, SCHEDULER, Ticker, uuidv7 } from '@modelbank/platform';
import type { HubLogger, Scheduler } from '@modelbank/platform';
import { UnknownSenderEntity, appendJournal } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import { isListed } from './sender-advice';

/** Rows kept; who was seen longest ago goes. */
export const MOST_SENDERS = 500;
const WRITE_EVERY_MS = 2_000;
/** The same attempt within this time is counted, not journalled again. */
const SAME_WITHIN_MS = 60_000;
const MOST_REMEMBERED = 1_000;
const AT_ONCE = 200;
const LONGEST_PEM = 20_000;
/** What one address may write, and all of them together. */
const OF_ONE = { atOnce: 100, oneMoreAfterMs: 60_000, mostKeys: 1_000 };
const OF_ALL = { atOnce: 1_000, oneMoreAfterMs: 5_000, mostKeys: 1 };

interface Remembered {
  readonly writtenAtMs: number;
  lastSeenAt: Date;
  /** Attempts that are not in the row yet. */
  uncounted: number;
}

@Injectable()
export class SenderBookOfHub implements SenderBook, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly remembered = new Map<string, Remembered>();
  private readonly ofOne = new Allowance(OF_ONE);
  private readonly ofAll = new Allowance(OF_ALL);
  private readonly ticker: Ticker;

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SCHEDULER) scheduler: Scheduler,
    @Inject(LOGGER) logger: HubLogger,
  ) {
    this.ticker = new Ticker({
      everyMs: WRITE_EVERY_MS,
      scheduler,
      sweep: () => this.writeCounts(),
      onError: (error) => logger.error('attempts of unknown senders could not be counted', error, { stage: 'centres' }),
    });
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
    await this.writeCounts();
  }

  async note(attempt: SenderAttempt): Promise<boolean> {
    if (!isListed(attempt.code)) return false;
    const digest = digestOf(attempt);
    const nowMs = this.clock.monotonicMs();
    const known = this.remembered.get(digest);
    if (known !== undefined && nowMs - known.writtenAtMs < SAME_WITHIN_MS) {
      known.uncounted += 1;
      known.lastSeenAt = this.clock.now();
      return false;
    }
    if (!this.ofOne.take(attempt.remoteAddress, nowMs) || !this.ofAll.take('', nowMs)) return false;
    const uncounted = known?.uncounted ?? 0;
    this.remember(digest, { writtenAtMs: nowMs, lastSeenAt: this.clock.now(), uncounted: 0 });
    try {
      await this.unitOfWork.run((tx) => this.write(tx, digest, attempt, uncounted + 1));
      return true;
    } catch (thrown) {
      this.remembered.delete(digest);
      throw thrown;
    }
  }

  /** After rows were deleted: the next attempt is a new one. */
  forget(digests: readonly string[]): void {
    digests.forEach((digest) => this.remembered.delete(digest));
  }

  private remember(digest: string, entry: Remembered): void {
    this.remembered.delete(digest);
    this.remembered.set(digest, entry);
    if (this.remembered.size > MOST_REMEMBERED) this.remembered.delete([...this.remembered.keys()][0]);
  }

  private async write(tx: Transaction, digest: string, attempt: SenderAttempt, attempts: number): Promise<void> {
    const row = await tx.manager.findOneBy(UnknownSenderEntity, { digest });
    const id = row?.id ?? uuidv7(this.clock);
    const lastSeenAt = this.clock.now();
    if (row === null) {
      await tx.manager.insert(UnknownSenderEntity, {
        ...rowOf(attempt),
        ...{ id, digest, attempts, firstSeenAt: lastSeenAt, lastSeenAt },
      });
      await forgetOldest(tx);
    } else {
      await tx.manager.update(UnknownSenderEntity, { id }, { attempts: row.attempts + attempts, lastSeenAt });
    }
    await this.journal(tx, attempt, id);
  }

  private journal(tx: Transaction, attempt: SenderAttempt, senderId: string): Promise<void> {
    const { kind, code, text, rejection, centreId, remoteAddress, identity } = attempt;
    return appendJournal(tx, this.clock, {
      kind,
      centreId,
      actor: identity?.fingerprintSha256 ?? 'unknown',
      subjectId: senderId,
      text,
      details: {
        ...{ code, rejection, remoteAddress, serialNumber: identity?.serialNumber },
        callingAeTitle: escaped(attempt.callingAeTitle) ?? undefined,
        calledAeTitle: escaped(attempt.calledAeTitle) ?? undefined,
      },
    });
  }

  private async writeCounts(): Promise<boolean> {
    const waiting = [...this.remembered].filter(([, { uncounted }]) => uncounted > 0);
    const now = waiting.slice(0, AT_ONCE).map(([digest, entry]) => ({ digest, entry, more: entry.uncounted }));
    if (now.length === 0) return false;
    const gone: string[] = [];
    await this.unitOfWork.run(async (tx) => {
      for (const { digest, entry, more } of now) {
        const { affected } = await tx.manager.increment(UnknownSenderEntity, { digest }, 'attempts', more);
        if (affected === 0) gone.push(digest);
        await tx.manager.update(UnknownSenderEntity, { digest }, { lastSeenAt: entry.lastSeenAt });
      }
    });
    for (const { entry, more } of now) entry.uncounted -= more;
    this.forget(gone);
    return waiting.length > now.length;
  }
}

async function forgetOldest(tx: Transaction): Promise<void> {
  const tooMany = (await tx.manager.count(UnknownSenderEntity)) - MOST_SENDERS;
  if (tooMany <= 0) return;
  const oldest = await tx.manager.find(UnknownSenderEntity, {
    select: { id: true },
    order: { lastSeenAt: 'ASC', id: 'ASC' },
    take: tooMany,
  });
  await tx.manager.delete(UnknownSenderEntity, { id: In(oldest.map(({ id }) => id)) });
}

/** What an operator would call the same sender with the same trouble. */
function digestOf({ code, identity, callingAeTitle, calledAeTitle, remoteAddress }: SenderAttempt): string {
  const same = [code, identity?.fingerprintSha256, callingAeTitle, calledAeTitle, remoteAddress];
  return createHash('sha256').update(JSON.stringify(same)).digest('hex');
}

function rowOf(attempt: SenderAttempt) {
  const { code, centreId, remoteAddress, isTrusted, identity, callingAeTitle, calledAeTitle } = attempt;
  return {
    ...{ code, centreId, isTrusted, remoteAddress: remoteAddress.slice(0, 64) },
    callingAeTitle: escaped(callingAeTitle),
    calledAeTitle: escaped(calledAeTitle),
    fingerprintSha256: identity?.fingerprintSha256 ?? null,
    serialNumber: identity?.serialNumber ?? null,
    subject: identity?.subject ?? null,
    issuer: identity?.issuer ?? null,
    notBefore: identity?.notBefore ?? null,
    notAfter: identity?.notAfter ?? null,
    pem: identity !== undefined && identity.pem.length <= LONGEST_PEM ? identity.pem : null,
  };
}

function escaped(title: string | undefined): string | null {
  return title === undefined ? null : escapeAeTitle(title);
}
