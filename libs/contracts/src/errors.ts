/**
 * The closed list of failures. Every failure has a code; each table below says what one peer is told for it, so a code
 * without a DIMSE status, an HTTP status or a broker outcome does not compile.
 */

interface CodeRow {
  /** DIMSE status (PS3.7 Annex C, PS3.4 B.2.3) that a C-STORE sender gets. */
  readonly dimse: number;
  /** HTTP status of the RFC 9457 problem. */
  readonly http: number;
  /** What the broker does with the message: try again, or park it in the dead letters. */
  readonly broker: 'retry' | 'dead';
  /** Which exit code the command line ends with. */
  readonly exit: number;
  /** RFC 9457 title: what went wrong, in words a person can use. */
  readonly title: string;
}

const row = (dimse: number, http: number, broker: 'retry' | 'dead', exit: number, title: string): CodeRow => ({
  dimse,
  http,
  broker,
  exit,
  title,
});

export const ERROR_CODES = {
  // who is asking
  UNAUTHENTICATED: row(0x0124, 401, 'dead', 3, 'No valid token or certificate was presented'),
  FORBIDDEN: row(0x0124, 403, 'dead', 3, 'The caller lacks the permission that this needs'),
  ASSURANCE_TOO_LOW: row(0x0124, 401, 'dead', 3, 'The person was not identified strongly enough'),
  UNKNOWN_CERTIFICATE: row(0x0124, 403, 'dead', 3, 'The certificate is not enrolled with any centre'),
  CERTIFICATE_REVOKED: row(0x0124, 403, 'dead', 3, 'The certificate was revoked'),
  AE_TITLE_MISMATCH: row(0x0124, 403, 'dead', 3, 'The calling AE title does not belong to the certificate'),
  CALLED_AE_UNKNOWN: row(0x0124, 404, 'dead', 4, 'The called AE title is not one of this hub'),
  // what was asked
  NOT_FOUND: row(0x0112, 404, 'dead', 4, 'There is no such thing here'),
  CONFLICT: row(0x0111, 409, 'dead', 5, 'It exists already, or has changed meanwhile'),
  INVALID_REQUEST: row(0x0106, 400, 'dead', 2, 'The request is not valid'),
  NOT_ACCEPTABLE: row(0x0106, 406, 'dead', 2, 'The answer cannot be given in a format that the request accepts'),
  MEDIA_TYPE_NOT_SUPPORTED: row(0xc000, 415, 'dead', 2, 'Content of this kind is not accepted here'),
  REQUEST_TOO_SLOW: row(0x0110, 408, 'retry', 7, 'The request did not arrive in time'),
  TOO_MANY_REQUESTS: row(0xa700, 429, 'retry', 7, 'The caller has too many requests under way'),
  HUB_BUSY: row(0xa700, 503, 'retry', 7, 'The hub has too many requests under way'),
  INVALID_CONFIGURATION: row(0x0110, 500, 'dead', 2, 'The configuration is not valid'),
  MANIFEST_INVALID: row(0x0106, 422, 'dead', 2, 'The model manifest is not valid'),
  PACKAGE_INVALID: row(0x0106, 422, 'dead', 2, 'The model package is not complete or not safe'),
  PACKAGE_DIGEST_MISMATCH: row(0x0110, 409, 'dead', 6, 'The package differs from what was registered'),
  // what was sent
  NOT_DICOM: row(0xc000, 415, 'dead', 2, 'This is not a DICOM data set'),
  DATASET_TRUNCATED: row(0xc000, 400, 'dead', 2, 'The data set ends before its last element'),
  DATASET_TOO_DEEP: row(0xc000, 400, 'dead', 2, 'Sequences are nested deeper than allowed'),
  DATASET_TOO_LARGE: row(0xc000, 413, 'dead', 2, 'The data set or one of its elements is larger than allowed'),
  DATASET_MALFORMED: row(0xc000, 400, 'dead', 2, 'The data set breaks the encoding rules'),
  DATASET_MISMATCH: row(0xa900, 400, 'dead', 2, 'The data set does not match the request or its SOP class'),
  UID_INVALID: row(0xa900, 400, 'dead', 2, 'A UID is missing or is not a UID'),
  SOP_CLASS_NOT_SUPPORTED: row(0x0122, 415, 'dead', 2, 'This SOP class is not accepted here'),
  TRANSFER_SYNTAX_NOT_SUPPORTED: row(0x0122, 415, 'dead', 2, 'This transfer syntax is not accepted here'),
  INSTANCE_CONFLICT: row(0x0111, 409, 'dead', 5, 'The same SOP Instance UID was stored before with other content'),
  // what cannot be used
  SERIES_NOT_USABLE: row(0xa900, 422, 'dead', 6, 'The series cannot be used as it is'),
  DECODING_FAILED: row(0xc000, 422, 'dead', 6, 'The pixel data could not be decoded'),
  PARAMETER_MISSING: row(0x0120, 422, 'dead', 6, 'A parameter that the model needs was not given'),
  RELEASE_DENIED: row(0x0124, 403, 'dead', 6, 'The release policy does not allow this'),
  // what failed here
  STORAGE_FULL: row(0xa700, 503, 'retry', 7, 'The hub has no room to store this now'),
  STORAGE_FAILED: row(0xa700, 503, 'retry', 7, 'The hub could not store this now'),
  DATABASE_UNAVAILABLE: row(0xa700, 503, 'retry', 7, 'The database is not available'),
  OBJECT_CORRUPT: row(0x0110, 500, 'dead', 7, 'A stored object no longer has its digest'),
  INFERENCE_CRASHED: row(0x0110, 500, 'retry', 7, 'The inference process ended unexpectedly'),
  INFERENCE_TIMEOUT: row(0x0110, 500, 'retry', 7, 'The inference process used up its time'),
  INFERENCE_OUT_OF_MEMORY: row(0x0110, 500, 'retry', 7, 'The inference process used up its memory'),
  OUTPUT_UNUSABLE: row(0x0110, 422, 'dead', 6, 'The model output is empty, full, not finite or of the wrong shape'),
  RESULT_INVALID: row(0x0110, 500, 'dead', 7, 'The result object failed our own check'),
  LEASE_LOST: row(0x0110, 409, 'dead', 7, 'Another worker owns the job now'),
  // the other side
  PEER_UNREACHABLE: row(0x0110, 502, 'retry', 8, 'The peer could not be reached'),
  PEER_REJECTED: row(0x0110, 502, 'dead', 8, 'The peer refused the association'),
  PEER_ABORTED: row(0x0110, 502, 'retry', 8, 'The peer ended the association'),
  PEER_REFUSED_INSTANCE: row(0x0110, 502, 'dead', 8, 'The peer refused the instance'),
  PEER_TIMEOUT: row(0x0110, 504, 'retry', 8, 'The peer did not answer in time'),
  PROTOCOL_ERROR: row(0x0110, 502, 'dead', 8, 'The peer broke the protocol'),
  NOT_TRUSTED: row(0x0110, 502, 'dead', 8, "The peer's certificate is not the pinned one"),
  HUB_UNREACHABLE: row(0x0110, 502, 'retry', 8, 'The hub does not answer'),
  IDENTITY_PROVIDER_UNAVAILABLE: row(0x0110, 503, 'retry', 8, 'The keys of the identity provider cannot be read'),
  // anything else is a defect
  INTERNAL: row(0x0110, 500, 'retry', 1, 'Something failed that should not'),
} as const satisfies Record<string, CodeRow>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The one error class that crosses stages. `message` is for people and logs: never a name, an id of a patient, a CPR. */
export class HubError extends Error {
  readonly code: ErrorCode;
  /** What to do about it, for the one who reads it. */
  readonly advice?: string;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; advice?: string } = {}) {
    super(message, { cause: options.cause });
    this.name = 'HubError';
    this.code = code;
    this.advice = options.advice;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].broker === 'retry';
  }
}

/** Any thrown value as a HubError; an unknown one becomes INTERNAL with its text kept as the cause only. */
export function asHubError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown;
  return new HubError('INTERNAL', 'unexpected failure', { cause: thrown });
}

export function dimseStatusOf(code: ErrorCode): number {
  return ERROR_CODES[code].dimse;
}

export function httpStatusOf(code: ErrorCode): number {
  return ERROR_CODES[code].http;
}

export function exitCodeOf(code: ErrorCode): number {
  return ERROR_CODES[code].exit;
}
