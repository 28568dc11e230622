/**
 * The shape of every write: one transaction, only SQL awaited inside, events through the outbox. Implemented in
 * typeorm-unit-of-work.ts; stages get it injected as `UNIT_OF_WORK`.
 */
import type { EntityManager } from 'typeorm';
import type { Envelope, EventName, Outbox, QueueName } from '@modelbank/contracts';

export interface Transaction extends Outbox {
  /** Reads and writes of this transaction; never keep it: after the end of the unit it refuses to work. */
  readonly manager: EntityManager;
}

export interface UnitOfWork {
  /**
   * Commits what `work` did, or nothing. Nesting throws. Wakes the queues of emitted events after the commit. `work` may
   * be called again when the database asks for it (serialization failure, deadlock): it changes nothing but the database.
   */
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** `run` for a consumer: `duplicate` when this queue has processed the message before, and then nothing happens. */
  consume<E extends EventName>(
    queue: QueueName,
    envelope: Envelope<E>,
    work: (tx: Transaction) => Promise<void>,
  ): Promise<'processed' | 'duplicate'>;
  /**
   * `consume` for messages of one queue that share a transaction: `work` gets those that were not processed before, in
   * their order, and is not called when there are none. Returns how many that were.
   */
  consumeAll<E extends EventName>(
    queue: QueueName,
    envelopes: readonly Envelope<E>[],
    work: (tx: Transaction, fresh: readonly Envelope<E>[]) => Promise<void>,
  ): Promise<number>;
}

/** Reads outside a transaction, on the second, read-only data source. */
export interface ReadStore {
  readonly manager: EntityManager;
}
