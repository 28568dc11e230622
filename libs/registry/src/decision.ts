/** What selection and the release policy answer: always with the observed values and the rule that decided. */

/** One applicability criterion of one model version against one input set. */
export interface CriterionResult {
  /** Path in the manifest, e.g. `inputs.ct.applicability.sliceSpacingMm`. */
  readonly criterion: string;
  /** What the manifest asks for, in words. */
  readonly required: string;
  /** What was seen: numbers, UIDs and vocabulary only, never free text of the sender. */
  readonly observed: string;
  readonly outcome: 'met' | 'notMet' | 'unknown';
}

/** docs: release policy. Row and version of the table are stored with every decision. */
export interface ReleaseDecision {
  readonly allowed: boolean;
  /** E.g. `TEST`, `NOT_APPROVED`. */
  readonly code: string;
  /** Row of the decision table. */
  readonly row: string;
  readonly policyVersion: string;
  /** For people, in words. */
  readonly reason: string;
}
