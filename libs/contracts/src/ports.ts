/**
 * The ports: what the stages need from the outside, without saying which adapter gives it.
 * `platform` implements Clock and CrashPoints, `store` UnitOfWork, ObjectStore and OutboxReader, `broker` Broker.
 */
import type { CrashPoint } from './crash-points';
import type { HubError } from './errors';
import type { EventBodies, EventName, Envelope } from './events';
import type { QueueName } from './journey';

/** Injection tokens for Nest (`@Inject(CLOCK)`); interfaces vanish at run time. */
export const CLOCK = Symbol('Clock');
export const CRASH_POINTS_PORT = Symbol('CrashPoints');
export const UNIT_OF_WORK = Symbol('UnitOfWork');
export const READ_STORE = Symbol('ReadStore');
export const OBJECT_STORE = Symbol('ObjectStore');
export const BROKER = Symbol('Broker');
export const OUTBOX_READER = Symbol('OutboxReader');

export interface Clock {
  /** Wall time, for what people and the database see. */
  now(): Date;
  /** Monotonic milliseconds, for durations. */
  monotonicMs(): number;
}

export interface CrashPoints {
  /** Dies with SIGKILL here when a test build asked for it, else does nothing. */
  reach(point: CrashPoint): void;
}

/** An object on its way into the store, written and hashed beside the caller's thread. Ends with `commit` or `discard`. */
export interface ObjectUpload {
  /**
   * Takes the next bytes (they are copied). The promise, where there is one, resolves when there is room for more.
   * Throws or rejects with STORAGE_FULL or STORAGE_FAILED.
   */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** The object is whole: resolves when it lies under its key and a power cut can no longer take it away. */
  commit(key: string): Promise<UploadedObject>;
  /** Forgets it, after a failed commit too; what is committed stays, and a second time nothing happens. */
  discard(): Promise<void>;
}

export interface UploadedObject {
  /** SHA-256 of all bytes, hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Bytes by key. A key is made by the hub (hex and slashes only), never taken from a peer. */
export interface ObjectStore {
  /** Begins an object. */
  upload(): ObjectUpload;
  /** A path in the same file system to write to before `commitPart`; unique, never a final object. */
  newPartPath(): string;
  /** fsync of the part file, rename to its key, fsync of the folder. Idempotent for the same key. */
  commitPart(partPath: string, key: string): Promise<void>;
  discardPart(partPath: string): Promise<void>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  read(key: string): Promise<Buffer>;
  exists(key: string): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** Deletes part files that nobody has written to for so long; says how many. */
  removeAbandonedParts(olderThanMs: number): Promise<number>;
  /** Local path of an object, for child processes and streaming. */
  pathOf(key: string): string;
}

/** Wakes consumers; the outbox rows themselves are the truth. */
export interface Broker {
  /** Tells the queues that new outbox rows may be there. Losing a wake-up costs time, never a message. */
  wake(queues: readonly QueueName[]): void;
}

/** How an event is written: inside a transaction, one outbox row per subscriber. */
export interface Outbox {
  emit<E extends EventName>(event: E, centreId: string, body: EventBodies[E], causationId: string): Promise<void>;
}

export type AnyEnvelope = { [E in EventName]: Envelope<E> }[EventName];

/** A message that waits for its subscriber. */
export interface PendingMessage {
  /** Id of the outbox row: rises in the order in which events were written. */
  readonly id: string;
  readonly queue: QueueName;
  readonly envelope: AnyEnvelope;
  /** Failed attempts so far. */
  readonly attempts: number;
}

/** What a broker adapter needs of the outbox. Rows are deleted by `UnitOfWork.consume`, in the consumer's transaction. */
export interface OutboxReader {
  /** Messages of the queue that may be tried now, oldest first. */
  due(queue: QueueName, limit: number): Promise<readonly PendingMessage[]>;
  /** Those of these messages that still wait; 1 to 500 ids. */
  pendingOf(ids: readonly string[]): Promise<readonly string[]>;
  /** Counts a failed attempt: tried again later, or `dead` when it is useless or was tried often enough. */
  recordFailure(id: string, error: HubError): Promise<'retry' | 'dead'>;
  /** Gives up at once. */
  bury(id: string, error: HubError): Promise<void>;
}
