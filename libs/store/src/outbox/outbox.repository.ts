/**
 * Reads the outbox for the broker and keeps the count of attempts: in the database, so that neither a restart nor another
 * broker forgets it. Rows leave the outbox in `UnitOfWork.consume` only.
 */
import { LessThan, LessThanOrEqual } from 'typeorm';
import type { AnyEnvelope, Clock, HubError, OutboxReader, PendingMessage, QueueName } from '@modelbank/contracts';
import { findRows } from '../schema/find-rows';
import type { ReadStore, Transaction, UnitOfWork } from '../unit-of-work';
import { InboxMessageEntity, OutboxMessageEntity } from './outbox.entity';

export const MAX_ATTEMPTS = 15;
const FIRST_BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 5 * 60 * 1000;
const MAX_ERROR_LENGTH = 1024;

/** The hub itself is unwell: the message is not to blame and is never given up. */
const NOT_THE_MESSAGE = new Set<HubError['code']>(['DATABASE_UNAVAILABLE', 'STORAGE_FULL', 'STORAGE_FAILED']);

export interface DeadMessage {
  readonly id: string;
  readonly queue: QueueName;
  readonly messageId: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly deadAt: Date | null;
}

/** Wait before the attempt after `attempts` failed ones: 1 s, doubling, at most 5 minutes. */
export function backOffMs(attempts: number): number {
  return Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(attempts - 1, 20));
}

export class OutboxRepository implements OutboxReader {
  constructor(
    private readonly reads: ReadStore,
    private readonly writes: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async due(queue: QueueName, limit: number): Promise<readonly PendingMessage[]> {
    const rows = await this.reads.manager.find(OutboxMessageEntity, {
      where: { queue, state: 'pending', nextAttemptAt: LessThanOrEqual(this.clock.now()) },
      order: { id: 'ASC' },
      take: limit,
    });
    return rows.map(({ id, attempts, envelope }) => ({ id, queue, attempts, envelope: envelope as AnyEnvelope }));
  }

  async pendingOf(ids: readonly string[]): Promise<readonly string[]> {
    const rows = await findRows(this.reads.manager, OutboxMessageEntity, ['id'], { id: ids, state: 'pending' });
    return rows.map(({ id }) => id);
  }

  recordFailure(id: string, error: HubError): Promise<'retry' | 'dead'> {
    return this.fail(id, error, (attempts) => !error.retryable || isUsedUp(attempts, error));
  }

  async bury(id: string, error: HubError): Promise<void> {
    await this.fail(id, error, () => true);
  }

  /** What no attempt could process, newest first. */
  dead(limit: number): Promise<readonly DeadMessage[]> {
    return this.reads.manager.find(OutboxMessageEntity, {
      select: { id: true, queue: true, messageId: true, attempts: true, lastError: true, deadAt: true },
      where: { state: 'dead' },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  /** Puts a dead message back into its queue with a new count, in the caller's transaction; undefined when it is not dead. */
  async revive({ manager }: Transaction, id: string): Promise<QueueName | undefined> {
    const nextAttemptAt = this.clock.now();
    const { affected } = await manager.update(
      OutboxMessageEntity,
      { id, state: 'dead' },
      { state: 'pending', attempts: 0, nextAttemptAt, deadAt: null },
    );
    if (affected !== 1) return undefined;
    return (await manager.findOneByOrFail(OutboxMessageEntity, { id })).queue;
  }

  /** Deletes what is remembered of messages processed before `before`, none of which can come again. */
  forgetProcessed(before: Date): Promise<void> {
    return this.writes.run(async ({ manager }) => {
      await manager.delete(InboxMessageEntity, { processedAt: LessThan(before) });
    });
  }

  /** A row that is gone was processed meanwhile: its failure no longer matters. */
  private fail(id: string, error: HubError, isDead: (attempts: number) => boolean): Promise<'retry' | 'dead'> {
    return this.writes.run(async ({ manager }) => {
      const row = await manager.findOneBy(OutboxMessageEntity, { id, state: 'pending' });
      if (row === null) return 'retry';
      const attempts = row.attempts + 1;
      const now = this.clock.now();
      const dead = isDead(attempts);
      await manager.update(OutboxMessageEntity, id, {
        attempts,
        lastError: `${error.code}: ${error.message}`.slice(0, MAX_ERROR_LENGTH),
        nextAttemptAt: new Date(now.getTime() + backOffMs(attempts)),
        ...(dead ? { state: 'dead', deadAt: now } : {}),
      });
      return dead ? 'dead' : 'retry';
    });
  }
}

function isUsedUp(attempts: number, error: HubError): boolean {
  return attempts >= MAX_ATTEMPTS && !NOT_THE_MESSAGE.has(error.code);
}
