/**
 * The failures of this library: a closed list whose names are also codes of the hub's error table, so that a caller maps
 * them by name. Messages name tags, keywords and offsets, never a value of the data set (a value may be a name).
 */
export const DICOM_ERROR_CODES = [
  'NOT_DICOM',
  'DATASET_TRUNCATED',
  'DATASET_TOO_DEEP',
  'DATASET_TOO_LARGE',
  'DATASET_MALFORMED',
  'DATASET_MISMATCH',
  'UID_INVALID',
  'DECODING_FAILED',
] as const;
export type DicomErrorCode = (typeof DICOM_ERROR_CODES)[number];

export class DicomError extends Error {
  readonly code: DicomErrorCode;

  constructor(code: DicomErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'DicomError';
    this.code = code;
  }
}

/** `(gggg,eeee)`, for messages. */
export function tagText(tag: number): string {
  const hex = (tag >>> 0).toString(16).padStart(8, '0').toUpperCase();
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
