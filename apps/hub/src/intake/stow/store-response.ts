/** The answer to a STOW request: Store Instances Response Module (PS3.18 Annex I) and status (PS3.18 table 10.5.3-1). */
import { dimseStatusOf, httpStatusOf } from '@modelbank/contracts';
import type { ErrorCode } from '@modelbank/contracts';
import type { PartOutcome } from './part-reception';

/** A DICOM JSON object (PS3.18 F.2) of the few elements that this module has. */
interface JsonElement {
  readonly vr: 'UI' | 'UR' | 'US' | 'SQ';
  readonly Value: readonly unknown[];
}
export type JsonObject = Readonly<Record<string, JsonElement>>;

const RETRIEVE_URL = '00081190';
const OTHER_FAILURES_SEQUENCE = '0008119A';
const FAILED_SOP_SEQUENCE = '00081198';
const REFERENCED_SOP_SEQUENCE = '00081199';
const FAILURE_REASON = '00081197';
const REFERENCED_SOP_CLASS_UID = '00081150';
const REFERENCED_SOP_INSTANCE_UID = '00081155';
/** PS3.18 table I.2-2. */
const TRANSFER_SYNTAX_NOT_SUPPORTED = 0xc122;

/** Where stored things can be got from. */
export interface RetrieveUrls {
  /** Of the study, when all stored instances belong to one. */
  readonly study?: string;
  readonly ofInstance: ReadonlyMap<string, string>;
}

export function storeResponse(outcomes: readonly PartOutcome[], urls: RetrieveUrls): JsonObject {
  const stored = outcomes.filter(({ failure }) => failure === undefined);
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  const named = failed.filter(({ sopInstanceUid }) => sopInstanceUid !== undefined);
  const nameless = failed.filter(({ sopInstanceUid }) => sopInstanceUid === undefined);
  return {
    ...(urls.study === undefined ? {} : { [RETRIEVE_URL]: url(urls.study) }),
    ...sequence(
      FAILED_SOP_SEQUENCE,
      named.map((outcome) => ({ ...reference(outcome), ...reason(outcome) })),
    ),
    ...sequence(
      REFERENCED_SOP_SEQUENCE,
      stored.map((outcome) => storedItem(outcome, urls)),
    ),
    ...sequence(OTHER_FAILURES_SEQUENCE, nameless.map(reason)),
  };
}

/**
 * 200 all stored, 202 some; where none was: the status that all failures share, else 409. What may work later is 503
 * even where other instances never will.
 */
export function storeStatus(outcomes: readonly PartOutcome[]): number {
  const failures = outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  if (failures.length === 0) return 200;
  if (failures.length < outcomes.length) return 202;
  const statuses = new Set(failures.map(({ code }) => httpStatusOf(code)));
  if (failures.some(({ retryable }) => retryable)) return 503;
  return statuses.size === 1 ? [...statuses][0] : 409;
}

export function failureReasonOf(code: ErrorCode): number {
  return code === 'TRANSFER_SYNTAX_NOT_SUPPORTED' ? TRANSFER_SYNTAX_NOT_SUPPORTED : dimseStatusOf(code);
}

function storedItem(outcome: PartOutcome, { ofInstance }: RetrieveUrls): JsonObject {
  const address = ofInstance.get(outcome.sopInstanceUid ?? '');
  return { ...reference(outcome), ...(address === undefined ? {} : { [RETRIEVE_URL]: url(address) }) };
}

function reference({ sopClassUid, sopInstanceUid }: PartOutcome): JsonObject {
  return {
    [REFERENCED_SOP_CLASS_UID]: { vr: 'UI', Value: [sopClassUid] },
    [REFERENCED_SOP_INSTANCE_UID]: { vr: 'UI', Value: [sopInstanceUid] },
  };
}

function reason({ failure }: PartOutcome): JsonObject {
  return { [FAILURE_REASON]: { vr: 'US', Value: [failureReasonOf(failure?.code ?? 'INTERNAL')] } };
}

function sequence(tag: string, items: readonly JsonObject[]): JsonObject {
  return items.length === 0 ? {} : { [tag]: { vr: 'SQ', Value: items } };
}

const url = (address: string): JsonElement => ({ vr: 'UR', Value: [address] });
