/**
 * Follows the cracks between set and unset pixels of one slice and emits their midpoints. Set pixels are 4-connected: where two
 * touch at a corner only, the path stays with its own pixel, so loops never touch and never have fewer than four points.
 */
import type { SliceBox, SliceRows } from '@modelbank/geometry';

/** Closed loop of (column, row) pairs in half pixels: pixel centre (i, j) is at (2i, 2j). Set pixels lie to the right of the path. */
export type HalfPixelLoop = Int32Array;

/** Sides of a pixel in the order they are walked: west going up, north going right, east going down, south going left. */
const WEST = 0;
const AHEAD_COLUMN = [0, 1, 0, -1];
const AHEAD_ROW = [-1, 0, 1, 0];
const OUT_COLUMN = [-1, 0, 1, 0];
const OUT_ROW = [0, -1, 0, 1];

/** All loops of the pixels in `box`: outer ones clockwise on the screen, holes counter-clockwise. */
export function followCracks(slice: SliceRows, box: SliceBox): HalfPixelLoop[] {
  const westCracks = westCracksOf(slice, box);
  const loops: HalfPixelLoop[] = [];
  const firstWord = box.firstColumn >>> 5;
  const lastWord = box.lastColumn >>> 5;
  for (let j = box.firstRow; j <= box.lastRow; j++) {
    for (let w = firstWord; w <= lastWord; w++) {
      const at = j * slice.wordsPerRow + w;
      while (westCracks[at] !== 0) {
        const bit = 31 - Math.clz32(westCracks[at] & -westCracks[at]);
        loops.push(followLoop(slice, westCracks, w * 32 + bit, j));
      }
    }
  }
  return loops;
}

/** Bit i of row j: pixel (i, j) is set and its western neighbour is not. Each loop has at least one. */
function westCracksOf(slice: SliceRows, box: SliceBox): Uint32Array {
  const { words, wordsPerRow } = slice;
  const cracks = new Uint32Array(words.length);
  for (let j = box.firstRow; j <= box.lastRow; j++) {
    let carry = 0;
    for (let at = j * wordsPerRow; at < (j + 1) * wordsPerRow; at++) {
      const word = words[at];
      cracks[at] = word & ~((word << 1) | carry);
      carry = word >>> 31;
    }
  }
  return cracks;
}

function followLoop(slice: SliceRows, westCracks: Uint32Array, firstColumn: number, firstRow: number): HalfPixelLoop {
  const points: number[] = [];
  let i = firstColumn;
  let j = firstRow;
  let side = WEST;
  do {
    if (side === WEST) westCracks[j * slice.wordsPerRow + (i >>> 5)] &= ~(1 << (i & 31));
    points.push(2 * i + OUT_COLUMN[side], 2 * j + OUT_ROW[side]);
    const aheadColumn = i + AHEAD_COLUMN[side];
    const aheadRow = j + AHEAD_ROW[side];
    if (!isSet(slice, aheadColumn, aheadRow)) {
      side = (side + 1) & 3;
    } else if (!isSet(slice, aheadColumn + OUT_COLUMN[side], aheadRow + OUT_ROW[side])) {
      i = aheadColumn;
      j = aheadRow;
    } else {
      i = aheadColumn + OUT_COLUMN[side];
      j = aheadRow + OUT_ROW[side];
      side = (side + 3) & 3;
    }
  } while (i !== firstColumn || j !== firstRow || side !== WEST);
  return Int32Array.from(points);
}

/** As `sliceHas` of the geometry library; a call within the file is what this innermost loop can afford. */
function isSet(slice: SliceRows, i: number, j: number): boolean {
  if (i < 0 || j < 0 || i >= slice.columns || j >= slice.rows) return false;
  return ((slice.words[j * slice.wordsPerRow + (i >>> 5)] >>> (i & 31)) & 1) === 1;
}
