/** How the pixels of one instance are stored: the Image Pixel and Modality LUT attributes (PS3.3 C.7.6.3, C.11.1) that decoding needs. */

export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  /** 0 unsigned, 1 two's complement. */
  readonly pixelRepresentation: number;
}

export interface RescaleFormat {
  /** RescaleSlope; absent means 1. */
  readonly rescaleSlope?: number;
  /** RescaleIntercept; absent means 0. */
  readonly rescaleIntercept?: number;
  /** A stored value, before the rescale (PS3.3 C.7.5.1.1.2). */
  readonly pixelPaddingValue?: number;
  /** The other end of the range of padding values; a stored value too. */
  readonly pixelPaddingRangeLimit?: number;
}

/** Stored values of one frame, row by row, masked to BitsStored and sign-extended. */
export type StoredPixels = Int16Array | Uint16Array;

/** Turns one encapsulated frame into native little endian pixels of BitsAllocated bits; it is the port to a compiled codec. */
export interface FrameCodec {
  /** True when `decode` can handle the transfer syntax. */
  supports(transferSyntaxUid: string): boolean;
  decode(transferSyntaxUid: string, encodedFrame: Uint8Array, format: PixelFormat): Uint8Array;
}
