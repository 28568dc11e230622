/**
 * One frame's bytes become stored values: native frames here, encapsulated ones through the injected codec (PS3.5 8.1, 8.2, A.4).
 * Native frames come in little-endian order, as dicom's `readPixelFrames` gives them whatever the file had.
 * MONOCHROME1 keeps its stored values: it inverts the display, never the Hounsfield units.
 */
import { ImagingError } from '../imaging-error';
import { FrameCodec, PixelFormat, StoredPixels } from './pixel-format';

const NATIVE_SYNTAXES = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2']);
const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Decodes one frame to its stored values; throws an `ImagingError` that names the transfer syntax or the odd attribute. */
export function decodeFrame(
  format: PixelFormat,
  frameBytes: Uint8Array,
  transferSyntaxUid: string,
  codec?: FrameCodec,
): StoredPixels {
  requireSupportedFormat(format);
  const native = NATIVE_SYNTAXES.has(transferSyntaxUid);
  const bytes = native ? frameBytes : decompress(format, frameBytes, transferSyntaxUid, codec);
  const pixelCount = format.rows * format.columns;
  const needed = (pixelCount * format.bitsAllocated) / 8;
  if (bytes.length < needed) {
    throw new ImagingError('PIXEL_DATA_LENGTH', `Frame has ${bytes.length} bytes of pixels, ${needed} are needed`);
  }
  const words =
    format.bitsAllocated === 8 ? Uint16Array.from(bytes.subarray(0, pixelCount)) : readWords(bytes, pixelCount);
  return extractStoredBits(words, format);
}

function requireSupportedFormat(format: PixelFormat): void {
  const { bitsAllocated, bitsStored, highBit, samplesPerPixel, photometricInterpretation } = format;
  if (samplesPerPixel !== 1 || !/^MONOCHROME[12]$/.test(photometricInterpretation)) {
    throw new ImagingError(
      'UNSUPPORTED_PIXEL_FORMAT',
      'Only single-sample MONOCHROME1 and MONOCHROME2 images are read',
    );
  }
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    throw new ImagingError(
      'UNSUPPORTED_PIXEL_FORMAT',
      `BitsAllocated ${bitsAllocated} is not supported (8 and 16 are)`,
    );
  }
  if (!(bitsStored >= 1 && bitsStored <= bitsAllocated && highBit < bitsAllocated && highBit >= bitsStored - 1)) {
    throw new ImagingError(
      'UNSUPPORTED_PIXEL_FORMAT',
      `BitsStored ${bitsStored} with HighBit ${highBit} does not fit BitsAllocated ${bitsAllocated}`,
    );
  }
}

function decompress(
  format: PixelFormat,
  frameBytes: Uint8Array,
  transferSyntaxUid: string,
  codec: FrameCodec | undefined,
): Uint8Array {
  if (!codec?.supports(transferSyntaxUid)) {
    throw new ImagingError(
      'UNSUPPORTED_TRANSFER_SYNTAX',
      `Transfer syntax ${transferSyntaxUid} cannot be decoded here`,
    );
  }
  const pixels = decodeOrThrow(format, frameBytes, transferSyntaxUid, codec);
  const expected = (format.rows * format.columns * format.bitsAllocated) / 8;
  if (pixels.length > expected + 1) {
    throw new ImagingError('PIXEL_DATA_CORRUPT', `A decoded frame has ${pixels.length} bytes instead of ${expected}`);
  }
  return pixels;
}

function decodeOrThrow(
  format: PixelFormat,
  frameBytes: Uint8Array,
  transferSyntaxUid: string,
  codec: FrameCodec,
): Uint8Array {
  try {
    return codec.decode(transferSyntaxUid, frameBytes, format);
  } catch (cause) {
    const message = `A frame in transfer syntax ${transferSyntaxUid} could not be decoded`;
    throw new ImagingError('PIXEL_DATA_CORRUPT', message, { cause });
  }
}

function readWords(bytes: Uint8Array, count: number): Uint16Array {
  if (HOST_IS_LITTLE_ENDIAN) {
    const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice(0, count * 2);
    return new Uint16Array(aligned.buffer, aligned.byteOffset, count);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, count * 2);
  return Uint16Array.from({ length: count }, (_, index) => view.getUint16(index * 2, true));
}

/** Bits above HighBit and below the stored ones may hold overlays or rubbish: they are dropped, then the sign is extended. */
function extractStoredBits(words: Uint16Array, format: PixelFormat): StoredPixels {
  const { bitsStored, highBit, pixelRepresentation } = format;
  const signed = pixelRepresentation === 1;
  if (bitsStored === 16) {
    return signed ? new Int16Array(words.buffer, words.byteOffset, words.length) : words;
  }
  const right = highBit + 1 - bitsStored;
  const up = 32 - bitsStored;
  const pixels = signed ? new Int16Array(words.length) : new Uint16Array(words.length);
  for (let index = 0; index < words.length; index++) {
    const raised = (words[index] >> right) << up;
    pixels[index] = signed ? raised >> up : raised >>> up;
  }
  return pixels;
}
