/**
 * What a log line may carry: a closed list of fields, each with the shape its values must have. Anything else is dropped
 * before it is written, so that a patient's identity cannot enter a log by way of a careless object.
 */

const ID = /^[\w.:-]{1,128}$/;
const UID = /^[0-9.]{1,64}$/;
const CODE = /^[\w.:-]{1,64}$/;
const AE_TITLE = /^[\w .-]{1,16}$/;
const HOST = /^[\w.:[\]-]{1,255}$/;
const DIGEST = /^[0-9a-f]{8,64}$/;
const ROUTE = /^[\w/:.{}*-]{1,200}$/;

export const LOG_FIELDS = {
  // what happened, by id
  stage: CODE,
  event: CODE,
  queue: CODE,
  messageId: ID,
  causationId: ID,
  traceId: DIGEST,
  associationId: ID,
  centreId: ID,
  instanceId: ID,
  seriesId: ID,
  inputSetId: ID,
  taskSelectionId: ID,
  modelVersionId: ID,
  modelId: ID,
  jobId: ID,
  resultId: ID,
  deliveryId: ID,
  destinationId: ID,
  heldItemId: ID,
  subjectId: ID,
  sopClassUid: UID,
  transferSyntaxUid: UID,
  frameOfReferenceUid: UID,
  callingAeTitle: AE_TITLE,
  calledAeTitle: AE_TITLE,
  fingerprintSha256: DIGEST,
  digest: DIGEST,
  // how it went
  code: CODE,
  state: CODE,
  outcome: CODE,
  reason: CODE,
  task: CODE,
  version: CODE,
  purpose: CODE,
  kind: CODE,
  status: CODE,
  crashPoint: CODE,
  executionProvider: CODE,
  worker: ID,
  // how much and how long
  attempt: CODE,
  count: CODE,
  revision: CODE,
  bytes: CODE,
  durationMs: CODE,
  waitMs: CODE,
  peakRssMiB: CODE,
  exitCode: CODE,
  signal: CODE,
  // where
  host: HOST,
  port: CODE,
  method: CODE,
  route: ROUTE,
  responseTime: CODE,
  context: CODE,
  pid: CODE,
} as const satisfies Record<string, RegExp>;

export type LogField = keyof typeof LOG_FIELDS;
export type LogFields = { readonly [F in LogField]?: string | number | boolean | null | undefined };

const CPR = /(?<![\w.])\d{6}[- ]?\d{4}(?![\w.])/g;
const PERSON_NAME = /[^\s^=]+\^[^\s]*/g;

/** Text of our own code, with anything that looks like a Danish CPR number or a DICOM person name taken out. */
export function scrubText(text: string): string {
  return text.replace(CPR, '[withheld]').replace(PERSON_NAME, '[withheld]').slice(0, 500);
}

/** The allowed fields with allowed values; a value of the wrong shape becomes `[withheld]`. */
export function allowedFields(fields: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!isLogField(name) || value === null || value === undefined) continue;
    if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value;
    else kept[name] = typeof value === 'string' && LOG_FIELDS[name].test(value) ? scrubText(value) : '[withheld]';
  }
  return kept;
}

function isLogField(name: string): name is LogField {
  return Object.hasOwn(LOG_FIELDS, name);
}
