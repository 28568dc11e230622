/**
 * The states that things are in. Each acknowledged instance, input set and task is in exactly one (promise 3 of
 * docs/architecture.md); the ledger of the journey tests proves the sum.
 */

/** Purpose of an association, given by the called AE title. */
export const PURPOSES = ['care', 'trial', 'research', 'commissioning', 'test'] as const;
export type Purpose = (typeof PURPOSES)[number];

export const DESTINATION_KINDS = ['clinical', 'test'] as const;
export type DestinationKind = (typeof DESTINATION_KINDS)[number];

/**
 * `notApplicable`: kept, but no stage needs it; `held`: a person decides; `deleted`: retention took the object, the row stays
 * and its code names the rule.
 */
export const INSTANCE_DISPOSITIONS = ['waiting', 'assembled', 'notApplicable', 'held', 'deleted'] as const;
export type InstanceDisposition = (typeof INSTANCE_DISPOSITIONS)[number];

/**
 * What came under a taken SOP Instance UID with other content. `waiting`: acknowledged, adjustments has not looked at it yet;
 * `quarantined`: refused and kept, a person looks at it; `discarded`: a person did; `deleted`: retention took the object, the
 * row stays.
 */
export const REVISION_DISPOSITIONS = ['waiting', 'quarantined', 'discarded', 'deleted'] as const;
export type RevisionDisposition = (typeof REVISION_DISPOSITIONS)[number];

/** What had the UID before. */
export const REVISIONS_OF = ['instance', 'result'] as const;
export type RevisionOf = (typeof REVISIONS_OF)[number];

export const SERIES_STATES = ['open', 'complete', 'held', 'notApplicable', 'discarded'] as const;
export type SeriesState = (typeof SERIES_STATES)[number];

/** `provisional` runs ahead of time; `superseded` sets never deliver. */
export const INPUT_SET_STATES = ['provisional', 'complete', 'superseded'] as const;
export type InputSetState = (typeof INPUT_SET_STATES)[number];

/** What selection said about one task of one input set. */
export const TASK_SELECTION_STATES = ['selected', 'held', 'outranked', 'superseded', 'denied', 'discarded'] as const;
export type TaskSelectionState = (typeof TASK_SELECTION_STATES)[number];

export const JOB_STATES = ['queued', 'running', 'inferred', 'built', 'held', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** `withdrawn` before it left; `superseded` after. */
export const RESULT_STATES = ['built', 'withdrawn', 'superseded'] as const;
export type ResultState = (typeof RESULT_STATES)[number];

/** `awaitingCompletion`: made ahead of time, its series is not complete yet. `blocked`: the policy said no or could not be asked. */
export const DELIVERY_STATES = [
  'awaitingCompletion',
  'waiting',
  'sending',
  'delivered',
  'parked',
  'blocked',
  'cancelled',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const HELD_KINDS = ['instance', 'revision', 'series', 'selection', 'job'] as const;
export type HeldKind = (typeof HELD_KINDS)[number];
export const HELD_STATES = ['held', 'released', 'discarded', 'resolved'] as const;
export type HeldState = (typeof HELD_STATES)[number];

/** `requested`: not decided yet; `decided`: its report waits; `parked`: nobody took the report, a person must look. */
export const COMMITMENT_STATES = ['requested', 'decided', 'reported', 'parked'] as const;
export type CommitmentState = (typeof COMMITMENT_STATES)[number];
