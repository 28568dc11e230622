/**
 * Stored values -> rescaled values -> 256 grey levels through a VOI window (PS3.3 C.11.1, C.11.2.1.2; PS3.18 8.3.5.1.4). Every stored
 * value has at most 16 bits, so the whole way is one table.
 */
import type { RescaleFormat, StoredPixels } from '../decode/pixel-format';

export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

export interface VoiWindow {
  readonly center: number;
  readonly width: number;
  readonly function: VoiFunction;
}

export interface GreyRendering extends RescaleFormat {
  readonly photometricInterpretation: string;
  /** None: the smallest value is black, the largest white, padding left out. */
  readonly window?: VoiWindow;
}

const VALUES = 65536;

/** One byte a pixel; MONOCHROME1 shows its smallest value white (PS3.3 C.7.6.3.1.2), padding is black either way. */
export function greyLevels(pixels: StoredPixels, rendering: GreyRendering): Uint8Array {
  const { rescaleSlope = 1, rescaleIntercept = 0, photometricInterpretation } = rendering;
  const isPadding = paddingOf(rendering);
  const levelOf = voiOf(rendering.window ?? fullRange(pixels, rescaleSlope, rescaleIntercept, isPadding));
  const inverted = photometricInterpretation === 'MONOCHROME1';
  const lowest = pixels instanceof Int16Array ? -VALUES / 2 : 0;
  const table = new Uint8Array(VALUES);
  for (let at = 0; at < VALUES; at++) {
    const stored = at + lowest;
    if (isPadding(stored)) continue;
    const level = levelOf(stored * rescaleSlope + rescaleIntercept);
    table[at] = inverted ? 255 - level : level;
  }
  const levels = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at++) levels[at] = table[pixels[at] - lowest];
  return levels;
}

function paddingOf({ pixelPaddingValue, pixelPaddingRangeLimit }: RescaleFormat): (stored: number) => boolean {
  if (pixelPaddingValue === undefined) return () => false;
  const other = pixelPaddingRangeLimit ?? pixelPaddingValue;
  const [low, high] = [Math.min(pixelPaddingValue, other), Math.max(pixelPaddingValue, other)];
  return (stored) => stored >= low && stored <= high;
}

function fullRange(
  pixels: StoredPixels,
  slope: number,
  intercept: number,
  isPadding: (stored: number) => boolean,
): VoiWindow {
  let low = Infinity;
  let high = -Infinity;
  for (const pixel of pixels) {
    if ((pixel >= low && pixel <= high) || isPadding(pixel)) continue;
    low = Math.min(low, pixel);
    high = Math.max(high, pixel);
  }
  if (low > high) return { center: 0, width: 1, function: 'LINEAR_EXACT' };
  const width = Math.max((high - low) * Math.abs(slope), Number.MIN_VALUE);
  return { center: ((low + high) / 2) * slope + intercept, width, function: 'LINEAR_EXACT' };
}

/** PS3.3 C.11.2.1.2.1 (LINEAR), .3 (LINEAR_EXACT), .2 (SIGMOID). */
function voiOf({ center, width, function: kind }: VoiWindow): (value: number) => number {
  if (kind === 'SIGMOID') return (value) => Math.round(255 / (1 + Math.exp((-4 * (value - center)) / width)));
  const [middle, span] = kind === 'LINEAR' ? [center - 0.5, width - 1] : [center, width];
  return (value) => {
    if (value <= middle - span / 2) return 0;
    if (value > middle + span / 2) return 255;
    return Math.round(((value - middle) / span + 0.5) * 255);
  };
}
