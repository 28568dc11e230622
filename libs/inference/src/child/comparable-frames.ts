/**
 * The frames of an instance as values that two encodings of one image share (PS3.5 8.1, 8.2, A.4): decoded where the codecs
 * can, else native bytes with the samples of a pixel side by side. Nothing is guessed of what cannot be decoded.
 */
import { DicomError, readPixelDescription, readPixelFrames } from '@modelbank/dicom';
import type { PixelDescription } from '@modelbank/dicom';
import { decodeFrame } from '@modelbank/imaging';
import type { FrameCodec } from '@modelbank/imaging';

/** readPixelFrames gives native frames in this order of bytes, whatever the file had. */
const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

export type FrameValues = Uint8Array | Uint16Array | Int16Array;

export interface ComparableFrames {
  readonly description: PixelDescription;
  readonly count: number;
  /** The compressed stream of a frame, or its native bytes. */
  stored(frame: number): Uint8Array;
  /** Throws DECODING_FAILED or an ImagingError. */
  values(frame: number): FrameValues;
  /** Values may be asked for; else only equal stored bytes tell that two frames are the same. */
  readonly isDecodable: boolean;
}

export function comparableFrames(bytes: Uint8Array, codec: FrameCodec): ComparableFrames {
  const description = readPixelDescription(bytes);
  const frames = readPixelFrames(bytes);
  const { transferSyntax } = description;
  const isDecoded = isGrey(description) && (!transferSyntax.encapsulated || codec.supports(transferSyntax.uid));
  const syntaxOfFrame = transferSyntax.encapsulated ? transferSyntax.uid : EXPLICIT_VR_LITTLE_ENDIAN;
  return {
    description,
    count: frames.length,
    stored: (frame) => frames[frame],
    isDecodable: isDecoded || !transferSyntax.encapsulated,
    values: (frame) => {
      if (isDecoded) return decodeFrame(description, frames[frame], syntaxOfFrame, codec);
      if (!transferSyntax.encapsulated) return samplesTogether(frames[frame], description);
      throw new DicomError('DECODING_FAILED', `pixels in transfer syntax ${transferSyntax.uid} cannot be decoded here`);
    },
  };
}

/** What the decoder reads; everything else is compared as native bytes. */
function isGrey({ samplesPerPixel, photometricInterpretation, bitsAllocated }: PixelDescription): boolean {
  const isRead = bitsAllocated === 8 || bitsAllocated === 16;
  return samplesPerPixel === 1 && isRead && /^MONOCHROME[12]$/.test(photometricInterpretation);
}

/** R1R2...G1G2... becomes R1G1B1R2... (PS3.3 C.7.6.3.1.3). */
function samplesTogether(frame: Uint8Array, description: PixelDescription): Uint8Array {
  const { samplesPerPixel, planarConfiguration, rows, columns, bitsAllocated } = description;
  if (planarConfiguration !== 1 || bitsAllocated < 8) return frame;
  const size = bitsAllocated / 8;
  const pixels = rows * columns;
  const together = new Uint8Array(pixels * samplesPerPixel * size);
  for (let sample = 0; sample < samplesPerPixel; sample += 1) {
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const from = (sample * pixels + pixel) * size;
      const to = (pixel * samplesPerPixel + sample) * size;
      for (let byte = 0; byte < size; byte += 1) together[to + byte] = frame[from + byte];
    }
  }
  return together;
}
