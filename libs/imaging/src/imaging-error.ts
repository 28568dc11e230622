/** The closed list of what can go wrong with pixels; the layers above translate the codes to theirs. */

export type ImagingErrorCode =
  | 'UNSUPPORTED_TRANSFER_SYNTAX'
  | 'UNSUPPORTED_PIXEL_FORMAT'
  | 'PIXEL_DATA_LENGTH'
  | 'PIXEL_DATA_CORRUPT'
  | 'GEOMETRY_MISMATCH'
  | 'BAD_PLAN';

export class ImagingError extends Error {
  constructor(
    readonly code: ImagingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ImagingError';
  }
}
