/**
 * The samples of one frame as a screen needs them: grey values before the window, or red, green and blue (PS3.3 C.7.6.3.1.2). Frames
 * come native and little endian, colours pixel by pixel, as `readPixelFrames` and the codecs give them.
 */
import { decodeFrame } from '../decode/decode-frame';
import type { PixelFormat, StoredPixels } from '../decode/pixel-format';
import { ImagingError } from '../imaging-error';
import { paletteColours, type Palette } from './palette';

export interface DisplayFormat extends PixelFormat {
  /** 1: all red, all green, all blue (PS3.3 C.7.6.3.1.3); native frames only. */
  readonly planarConfiguration?: 0 | 1;
  readonly palette?: Palette;
}

export type DisplayedSamples =
  { readonly kind: 'grey'; readonly pixels: StoredPixels } | { readonly kind: 'colour'; readonly rgb: Uint8Array };

const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Throws an ImagingError for what cannot be shown. */
export function displayedSamples(format: DisplayFormat, frame: Uint8Array): DisplayedSamples {
  if (format.samplesPerPixel === 3) return { kind: 'colour', rgb: colourSamples(format, frame) };
  const isPalette = format.photometricInterpretation === 'PALETTE COLOR';
  if (format.bitsAllocated === 1) return { kind: 'grey', pixels: bitSamples(format, frame) };
  const stored = isPalette ? { ...format, photometricInterpretation: 'MONOCHROME2' } : format;
  const pixels = decodeFrame(stored, frame, EXPLICIT_VR_LITTLE_ENDIAN);
  if (!isPalette) return { kind: 'grey', pixels };
  if (format.palette === undefined) throw unsupported('the palette is missing');
  return { kind: 'colour', rgb: paletteColours(format.palette, pixels) };
}

/** Segmentations: eight pixels a byte, the lowest bit first (PS3.5 8.1.1). */
function bitSamples({ rows, columns, samplesPerPixel }: DisplayFormat, frame: Uint8Array): Uint16Array {
  const count = rows * columns;
  if (samplesPerPixel !== 1) throw unsupported('1-bit images have one sample');
  requireBytes(frame, Math.ceil(count / 8));
  return Uint16Array.from({ length: count }, (_, at) => (frame[at >>> 3] >>> (at & 7)) & 1);
}

function colourSamples(format: DisplayFormat, frame: Uint8Array): Uint8Array {
  const { rows, columns, bitsAllocated, photometricInterpretation, planarConfiguration } = format;
  if (bitsAllocated !== 8) throw unsupported(`colours of ${bitsAllocated} bits`);
  const count = rows * columns;
  requireBytes(frame, count * 3);
  const pixels = planarConfiguration === 1 ? interleaved(frame, count) : frame.subarray(0, count * 3);
  switch (photometricInterpretation) {
    case 'RGB':
    case 'YBR_RCT':
    case 'YBR_ICT': // the JPEG 2000 decoder has undone the transform
      return pixels;
    case 'YBR_FULL':
    case 'YBR_FULL_422':
      return fromYbrFull(pixels);
    default:
      throw unsupported(`PhotometricInterpretation with three samples that is none of RGB and YBR_FULL`);
  }
}

function interleaved(planes: Uint8Array, count: number): Uint8Array {
  const pixels = new Uint8Array(count * 3);
  for (let at = 0, to = 0; at < count; at++) {
    for (let plane = 0; plane < 3; plane++) pixels[to++] = planes[plane * count + at];
  }
  return pixels;
}

/** PS3.3 C.7.6.3.1.2, YBR_FULL: full range, ITU-R BT.601 weights. */
function fromYbrFull(pixels: Uint8Array): Uint8Array {
  const rgb = new Uint8ClampedArray(pixels.length);
  for (let at = 0; at < pixels.length; at += 3) {
    const y = pixels[at];
    const cb = pixels[at + 1] - 128;
    const cr = pixels[at + 2] - 128;
    rgb[at] = y + 1.402 * cr;
    rgb[at + 1] = y - 0.344136 * cb - 0.714136 * cr;
    rgb[at + 2] = y + 1.772 * cb;
  }
  return new Uint8Array(rgb.buffer);
}

function requireBytes(frame: Uint8Array, needed: number): void {
  if (frame.length >= needed) return;
  throw new ImagingError('PIXEL_DATA_LENGTH', `a frame has ${frame.length} bytes of pixels, ${needed} are needed`);
}

function unsupported(what: string): ImagingError {
  return new ImagingError('UNSUPPORTED_PIXEL_FORMAT', `cannot be shown: ${what}`);
}
