/** Palette colour lookup tables (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6), checked before the first pixel is looked up. */
import type { StoredPixels } from '../decode/pixel-format';
import { ImagingError } from '../imaging-error';

export interface PaletteTable {
  /** First stored value that has an entry of its own; lower ones get the first. */
  readonly first: number;
  readonly entries: Uint8Array;
}

export interface Palette {
  readonly red: PaletteTable;
  readonly green: PaletteTable;
  readonly blue: PaletteTable;
}

/**
 * A table from its descriptor (entries, first value, bits) and data: 8-bit entries one or two to a word, 16-bit ones cut to their
 * high byte. Throws where the data holds fewer entries than the descriptor says.
 */
export function paletteTable(descriptor: readonly number[], data: Uint8Array): PaletteTable {
  const [count, first, bits] = descriptor;
  const entries = count === 0 ? 65536 : count;
  const sound = descriptor.length === 3 && descriptor.every(Number.isInteger) && (bits === 8 || bits === 16);
  if (!sound || entries < 1 || entries > 65536) throw unusable('a descriptor of the palette cannot be used');
  const isWords = bits === 16 || data.length >= entries * 2;
  if (data.length < entries * (isWords ? 2 : 1)) throw unusable('the palette has fewer entries than it says');
  if (!isWords) return { first, entries: data.subarray(0, entries) };
  const high = bits === 16 ? 1 : 0;
  return { first, entries: Uint8Array.from({ length: entries }, (_, at) => data[at * 2 + high]) };
}

/**
 * Colours of the pixels. A value beyond the last entry is refused, not clamped: a table that is too short for its image is a broken
 * or hostile one (CVE-2026-5445).
 */
export function paletteColours({ red, green, blue }: Palette, pixels: StoredPixels): Uint8Array {
  const tables = [red, green, blue];
  let largest = -Infinity;
  for (const pixel of pixels) if (pixel > largest) largest = pixel;
  if (tables.some(({ first, entries }) => largest >= first + entries.length)) {
    throw unusable('the palette has no entry for the largest pixel');
  }
  const rgb = new Uint8Array(pixels.length * 3);
  tables.forEach(({ first, entries }, channel) => {
    for (let at = 0; at < pixels.length; at++) rgb[at * 3 + channel] = entries[Math.max(0, pixels[at] - first)];
  });
  return rgb;
}

function unusable(what: string): ImagingError {
  return new ImagingError('UNSUPPORTED_PIXEL_FORMAT', what);
}
