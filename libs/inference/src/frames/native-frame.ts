/**
 * A stored frame -> native pixels, through the compiled codecs where it is compressed. Lossy JPEG (`.50`, `.51`) is read here for people
 * to look at; models never get it (frame-codec.ts).
 */
import { DicomError, requireWholeFrame } from '@modelbank/dicom';
import type { PixelDescription } from '@modelbank/dicom';
import { Context, NativeCodecs, log } from 'dcmjs-codecs';

/** Of one frame, decoded: beyond, nothing is allocated. */
export const LARGEST_FRAME_BYTES = 512n * 1024n * 1024n;

type Decode = (context: Context) => Context;
const DECODERS: Readonly<Record<string, Decode>> = {
  rle: (context) => NativeCodecs.decodeRle(context),
  jpeg: (context) => NativeCodecs.decodeJpeg(context),
  jpegLossless: (context) => NativeCodecs.decodeJpeg(context),
  jpegLs: (context) => NativeCodecs.decodeJpegLs(context),
  jpeg2000: (context) => NativeCodecs.decodeJpeg2000(context),
};

/** Before the first compressed frame. */
export async function loadCodecs(): Promise<void> {
  log.setLevel('silent', false);
  if (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync();
}

/** Little-endian pixels, several samples pixel by pixel. Throws DECODING_FAILED; after that the codecs may be unusable. */
export function nativeFrame(frame: Uint8Array, description: PixelDescription): Uint8Array {
  const { frameBytes, transferSyntax } = description;
  if (BigInt(frameBytes) > LARGEST_FRAME_BYTES)
    throw new DicomError('DATASET_TOO_LARGE', 'a frame is larger than 512 MiB');
  if (!transferSyntax.encapsulated) return frame;
  requireWholeFrame(frame, transferSyntax.codec, description);
  const decoded = decompress(frame, description);
  if (decoded.length < frameBytes || decoded.length > frameBytes + 1) {
    throw new DicomError('DECODING_FAILED', `a decoded frame has ${decoded.length} bytes instead of ${frameBytes}`);
  }
  return decoded.subarray(0, frameBytes);
}

function decompress(frame: Uint8Array, description: PixelDescription): Uint8Array {
  const { transferSyntax, rows, columns, bitsAllocated, bitsStored } = description;
  const context = new Context({
    ...{ width: columns, height: rows, bitsAllocated, bitsStored, encodedBuffer: frame },
    samplesPerPixel: description.samplesPerPixel,
    pixelRepresentation: description.pixelRepresentation,
    planarConfiguration: 0,
    photometricInterpretation: description.photometricInterpretation,
  });
  try {
    const decoded = DECODERS[transferSyntax.codec](context).getDecodedBuffer();
    if (decoded !== undefined && decoded !== null) return decoded;
  } catch (cause) {
    throw new DicomError('DECODING_FAILED', `a frame in ${transferSyntax.keyword} could not be decoded`, { cause });
  }
  throw new DicomError('DECODING_FAILED', `the decoder of ${transferSyntax.keyword} returned no pixels`);
}

/** How the decoded pixels are to be read, where that is not what the header says of the compressed ones (PS3.5 8.2). */
export function decodedPhotometricInterpretation(description: PixelDescription): string | undefined {
  const { samplesPerPixel, photometricInterpretation, transferSyntax, planarConfiguration } = description;
  if (!transferSyntax.encapsulated || samplesPerPixel === 1) return undefined;
  if (photometricInterpretation === 'YBR_RCT' || photometricInterpretation === 'YBR_ICT') return 'RGB';
  if (photometricInterpretation === 'YBR_FULL_422') return 'YBR_FULL';
  return planarConfiguration === 1 ? photometricInterpretation : undefined;
}
