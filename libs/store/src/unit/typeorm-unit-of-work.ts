/**
 * Every write of the hub. On SQLite units run one after the other, because all of them share one connection and a rollback
 * would take another's writes with it; on the servers they run side by side, serializable, and are tried again when the
 * database says that they collided (docs/decisions/unit-of-work.md).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import type { Broker, Clock, Envelope, EventName, QueueName } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { asUnitFailure, databaseFailureOf } from '../database/database-failure';
import type { DatabaseFailure } from '../database/database-failure';
import type { DataSources } from '../database/data-sources';
import type { WalSync } from '../database/wal-sync';
import { InboxMessageEntity, OutboxMessageEntity } from '../outbox/outbox.entity';
import { deleteRows } from '../schema/delete-rows';
import { findRows } from '../schema/find-rows';
import { insertRow } from '../schema/insert-row';
import { LONGEST_LIST } from '../schema/key-condition';
import type { Transaction, UnitOfWork } from '../unit-of-work';
import { Mutex } from './mutex';
import { OutboxTransaction } from './outbox-transaction';

type Work<T> = (tx: Transaction) => Promise<T>;

const MAX_ATTEMPTS = 8;
const FIRST_BACK_OFF_MS = 10;

export class TypeOrmUnitOfWork implements UnitOfWork {
  private readonly inside = new AsyncLocalStorage<{ open: boolean }>();
  private readonly mutex: Mutex | null;
  private readonly writer: DataSource;

  constructor(
    sources: Pick<DataSources, 'database' | 'writer'>,
    private readonly clock: Clock,
    private readonly broker: Broker,
    /** SQLite's commits need it to be durable; the servers' do not. */
    private readonly walSync?: WalSync,
  ) {
    this.writer = sources.writer;
    this.mutex = sources.database === 'sqlite' ? new Mutex() : null;
  }

  run<T>(work: Work<T>): Promise<T> {
    return this.runTraced(null, work);
  }

  async consume<E extends EventName>(
    queue: QueueName,
    envelope: Envelope<E>,
    work: Work<void>,
  ): Promise<'processed' | 'duplicate'> {
    const processed = await this.consumeAll(queue, [envelope], (tx) => work(tx));
    return processed === 1 ? 'processed' : 'duplicate';
  }

  consumeAll<E extends EventName>(
    queue: QueueName,
    envelopes: readonly Envelope<E>[],
    work: (tx: Transaction, fresh: readonly Envelope<E>[]) => Promise<void>,
  ): Promise<number> {
    return this.runTraced(envelopes[0]?.traceparent ?? null, async (tx) => {
      const fresh = await takeFromOutbox(tx, queue, envelopes);
      if (fresh.length === 0) return 0;
      const processedAt = this.clock.now();
      const rows = fresh.map(({ messageId }) => ({ id: uuidv7(this.clock), queue, messageId, processedAt }));
      await insertRow(tx.manager, InboxMessageEntity, rows);
      await work(tx, fresh);
      return fresh.length;
    });
  }

  private async runTraced<T>(traceparent: string | null, work: Work<T>): Promise<T> {
    if (this.inside.getStore()?.open) {
      throw new HubError('INTERNAL', 'a unit of work was started inside another one');
    }
    const { result, written } = await this.untilCommitted(traceparent, work);
    await this.walSync?.settle();
    if (written.size > 0) this.broker.wake([...written]);
    return result;
  }

  private async untilCommitted<T>(traceparent: string | null, work: Work<T>): Promise<Committed<T>> {
    const failures: DatabaseFailure[] = [];
    for (;;) {
      try {
        const once = () => this.once(traceparent, work);
        return await (this.mutex === null ? once() : this.mutex.runExclusive(once));
      } catch (error) {
        const failure = databaseFailureOf(error);
        if (this.mutex !== null || failure === null || !mayTryAgain(failure, failures)) throw asUnitFailure(error);
        failures.push(failure);
        await sleep(FIRST_BACK_OFF_MS * 2 ** (failures.length - 1) * (0.5 + Math.random()));
      }
    }
  }

  private async once<T>(traceparent: string | null, work: Work<T>): Promise<Committed<T>> {
    const runner = this.newRunner();
    const unit = { open: true };
    try {
      await runner.startTransaction(this.mutex === null ? 'SERIALIZABLE' : undefined);
      const tx = new OutboxTransaction(this.writer.createEntityManager(runner), this.clock, traceparent);
      const result = await this.inside.run(unit, () => work(tx));
      await runner.commitTransaction();
      return { result, written: tx.written };
    } catch (error) {
      await rollBack(runner);
      throw error;
    } finally {
      unit.open = false;
      await runner.release().catch(() => undefined);
      markReleased(runner);
    }
  }

  /**
   * SQLite's driver has one query runner for ever. Each unit gets a view of it with a state of its own, so that a manager
   * that somebody kept refuses to work afterwards instead of writing outside any transaction.
   */
  private newRunner(): QueryRunner {
    const runner = this.writer.createQueryRunner();
    return this.mutex === null ? runner : (Object.create(runner) as QueryRunner);
  }
}

/** Takes the messages out of the outbox; those that this queue has never processed are returned. */
async function takeFromOutbox<E extends EventName>(
  { manager }: Transaction,
  queue: QueueName,
  envelopes: readonly Envelope<E>[],
): Promise<readonly Envelope<E>[]> {
  const fresh = new Map(envelopes.map((envelope) => [envelope.messageId, envelope]));
  const ids = [...fresh.keys()];
  for (let start = 0; start < ids.length; start += LONGEST_LIST) {
    const piece = ids.slice(start, start + LONGEST_LIST);
    const seen = await findRows(manager, InboxMessageEntity, ['messageId'], { queue, messageId: piece });
    await deleteRows(manager, OutboxMessageEntity, { queue, messageId: piece });
    for (const { messageId } of seen) fresh.delete(messageId);
  }
  return [...fresh.values()];
}

interface Committed<T> {
  readonly result: T;
  readonly written: ReadonlySet<QueueName>;
}

/**
 * A key that another unit took meanwhile shows as a duplicate here and as a row to the next attempt: only who meets a
 * duplicate twice in a row brought it along.
 */
function mayTryAgain(failure: DatabaseFailure, earlier: readonly DatabaseFailure[]): boolean {
  if (earlier.length >= MAX_ATTEMPTS - 1) return false;
  return failure === 'retry' || (failure === 'duplicateKey' && earlier.at(-1) !== 'duplicateKey');
}

function markReleased(runner: QueryRunner): void {
  if (!runner.isReleased) Object.defineProperty(runner, 'isReleased', { value: true });
}

/** A failed rollback (the connection is gone) must not hide why the unit failed; the database rolls back by itself. */
async function rollBack(runner: QueryRunner): Promise<void> {
  if (!runner.isTransactionActive) return;
  await runner.rollbackTransaction().catch(() => undefined);
}
