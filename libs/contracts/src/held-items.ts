/**
 * What a person decides about a held item, and the port through which the stage that held it carries the decision out.
 * The held stage of the hub owns the API; each stage registers one handler for its kind, so that stages never import each other.
 */
import type { Outbox } from './ports';
import type { HeldKind } from './states';

export const HELD_ITEM_HANDLERS = Symbol('HeldItemHandlers');

export type ParameterValue = string | number | boolean;

/** The item as its handler needs it. */
export interface HeldItem {
  readonly id: string;
  readonly centreId: string;
  readonly kind: HeldKind;
  /** Id of the instance, revision, series, task selection (input set, where its image cannot be measured) or job that is held. */
  readonly subjectId: string;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** Who decided and why; both go to the journal. */
export interface HeldDecision {
  readonly who: string;
  readonly why: string;
  /** Values for parameters that were missing. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** A model version id (two models claim the task) or an input set id (two series tie). */
  readonly choose?: string;
}

/**
 * Carries a decision out inside the transaction that resolves the item: only SQL is awaited, everything else follows from
 * an event. Throws a HubError when the decision does not answer what is asked; then the item stays held.
 */
export interface HeldItemHandler<Tx extends Outbox = Outbox> {
  readonly kind: HeldKind;
  release(tx: Tx, item: HeldItem, decision: HeldDecision): Promise<void>;
  discard(tx: Tx, item: HeldItem, decision: HeldDecision): Promise<void>;
}

/** Injected as HELD_ITEM_HANDLERS; a second handler for a kind is refused. */
export interface HeldItemHandlers<Tx extends Outbox = Outbox> {
  register(handler: HeldItemHandler<Tx>): void;
}
