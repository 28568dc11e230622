/**
 * The ports of retention: who owns what may be deleted, and who has promised to keep it. The retention stage decides when;
 * the owner of an object marks its own rows, so that no stage writes another's tables.
 */
import type { Outbox } from './ports';

export const RETENTION_KEEPERS = Symbol('RetentionKeepers');

/** `afterDelivery`: a result was made of it and delivered; `unassigned`: nothing was made of it in all that time. */
export const RETENTION_RULES = ['afterDelivery', 'unassigned'] as const;
export type RetentionRuleName = (typeof RETENTION_RULES)[number];

/** `instance`: an object of the instance table; `quarantined`: one that was set aside and never became an instance. */
export const RETAINED_KINDS = ['instance', 'quarantined'] as const;
export type RetainedKind = (typeof RETAINED_KINDS)[number];

/** One stored object that may be deleted. */
export interface RetainedObject {
  /** Of its row. */
  readonly id: string;
  readonly centreId: string;
  readonly sopInstanceUid: string;
  readonly objectKey: string;
  readonly objectSha256: string;
  readonly sizeBytes: number;
  readonly receivedAt: Date;
  /** What its row said before: kept in the record, and what it becomes again if the same content comes again. */
  readonly state: string;
  readonly stateCode: string | null;
}

/** The owner of one kind of objects; registers itself when it starts. */
export interface RetentionKeeper<Tx extends Outbox = Outbox> {
  readonly kind: RetainedKind;
  /**
   * Objects that no run can ever use, received before, oldest first. Absent for instances: what is made of those is judged
   * series by series.
   */
  unused?(receivedBefore: Date, take: number): Promise<readonly RetainedObject[]>;
  /**
   * Marks the rows as deleted and returns those that it marked: one that is gone or was marked before is left out. Only SQL
   * is awaited. The object itself is removed after the commit.
   */
  markDeleted(
    tx: Tx,
    ids: readonly string[],
    rule: RetentionRuleName,
    deletedAt: Date,
  ): Promise<readonly RetainedObject[]>;
  /** Removes objects without a row that are older than a day; says how many. Called once a day. */
  removeOrphans?(): Promise<number>;
}

/** Injected as RETENTION_KEEPERS; a second keeper of a kind is refused. */
export interface RetentionKeepers<Tx extends Outbox = Outbox> {
  register(keeper: RetentionKeeper<Tx>): void;
}
