/** The failures of this library: a closed list. Messages hold numbers and places, never text of a data set. */
export type StructureErrorCode =
  /** The contours would not give the mask back: pixels too small for coordinates of 0.001 mm. */
  | 'CONTOURS_NOT_EXACT'
  /** What is to be written cannot be a valid structure set. */
  | 'STRUCTURE_SET_INVALID'
  /** What was read is no structure set, or one whose contours cannot be trusted. */
  | 'STRUCTURE_SET_UNREADABLE';

export class StructureError extends Error {
  readonly code: StructureErrorCode;

  constructor(code: StructureErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'StructureError';
    this.code = code;
  }
}
