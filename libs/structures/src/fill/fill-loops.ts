/**
 * Fills polygons by the normative rule: a pixel belongs to a polygon when its centre does, even-odd; a row v is crossed by an edge
 * when min <= v < max, and the row toggles at the first centre beyond the crossing. Several polygons combine by XOR.
 */
import { emptySliceRows, type SliceRows } from '@modelbank/geometry';
import type { Loop } from '../trace/loop';

/** The XOR of all loops on a slice of this size; what lies outside is cut off. */
export function fillLoops(loops: readonly Loop[], columns: number, rows: number): SliceRows {
  const slice = emptySliceRows(columns, rows);
  for (const loop of loops) toggleCrossings(slice, loop);
  spreadToggles(slice);
  return slice;
}

function toggleCrossings(slice: SliceRows, loop: Loop): void {
  const last = loop.length - 2;
  let [x0, y0] = [loop[last], loop[last + 1]];
  for (let at = 0; at < loop.length; at += 2) {
    const x1 = loop[at];
    const y1 = loop[at + 1];
    // Ordered by row, so that an edge and its reverse toggle the very same pixels.
    if (y0 < y1) toggleEdge(slice, x0, y0, x1, y1);
    else if (y1 < y0) toggleEdge(slice, x1, y1, x0, y0);
    x0 = x1;
    y0 = y1;
  }
}

function toggleEdge(slice: SliceRows, upperX: number, upperY: number, lowerX: number, lowerY: number): void {
  const slope = (lowerX - upperX) / (lowerY - upperY);
  const end = Math.min(slice.rows, Math.ceil(lowerY));
  for (let row = Math.max(0, Math.ceil(upperY)); row < end; row++) {
    const column = Math.max(0, Math.floor(upperX + (row - upperY) * slope) + 1);
    if (column < slice.columns) slice.words[row * slice.wordsPerRow + (column >>> 5)] ^= 1 << (column & 31);
  }
}

/** Turns toggles into runs: each pixel becomes the parity of the toggles up to it. */
function spreadToggles(slice: SliceRows): void {
  const { words, wordsPerRow, columns } = slice;
  const unused = 32 * wordsPerRow - columns;
  for (let row = 0; row < slice.rows; row++) {
    let carry = 0;
    for (let at = row * wordsPerRow; at < (row + 1) * wordsPerRow; at++) {
      let word = words[at];
      if (word === 0) {
        words[at] = carry;
        continue;
      }
      word ^= word << 1;
      word ^= word << 2;
      word ^= word << 4;
      word ^= word << 8;
      word ^= word << 16;
      words[at] = word ^ carry;
      carry = words[at] >>> 31 ? -1 : 0;
    }
    words[(row + 1) * wordsPerRow - 1] &= 0xffffffff >>> unused;
  }
}
