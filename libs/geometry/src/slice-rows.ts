/**
 * One slice of a mask as rows of 32-bit words, each row beginning at a word of its own: the form in which contours are
 * followed and polygons are filled, whatever the number of columns.
 */
import { lowBits, popCount, readWord, wordsOf } from './bits';
import { GeometryError } from './geometry-error';
import type { Mask } from './grid';

/** Columns and rows are inclusive. */
export interface SliceBox {
  readonly firstColumn: number;
  readonly lastColumn: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

export interface SliceRows {
  readonly columns: number;
  readonly rows: number;
  readonly wordsPerRow: number;
  /** Row j begins at word j * wordsPerRow; column i is bit i % 32 of word i / 32. Bits beyond the last column are zero. */
  readonly words: Uint32Array;
}

export function emptySliceRows(columns: number, rows: number): SliceRows {
  const wordsPerRow = (columns + 31) >>> 5;
  return { columns, rows, wordsPerRow, words: new Uint32Array(wordsPerRow * rows) };
}

/** Slice k of a mask, to be read only: where rows begin at whole words it shares the memory of the mask. `target` is memory to use again. */
export function sliceRows(mask: Mask, k: number, target?: SliceRows): SliceRows {
  const { columns, rows, origins } = mask.grid;
  if (k < 0 || k >= origins.length) throw new GeometryError(`slice ${k} is outside the mask`);
  if (columns % 32 === 0) {
    const packed = wordsOf(mask.bits);
    const wordsPerRow = columns / 32;
    const size = wordsPerRow * rows;
    if (packed) return { columns, rows, wordsPerRow, words: packed.subarray(k * size, (k + 1) * size) };
  }
  const slice = target ?? emptySliceRows(columns, rows);
  const lastWordMask = lowBits(columns - (slice.wordsPerRow - 1) * 32);
  for (let j = 0; j < rows; j++) {
    const rowOffset = (k * rows + j) * columns;
    const base = j * slice.wordsPerRow;
    for (let w = 0; w < slice.wordsPerRow; w++) slice.words[base + w] = readWord(mask.bits, rowOffset + w * 32);
    slice.words[base + slice.wordsPerRow - 1] &= lastWordMask;
  }
  return slice;
}

/** Sets in the mask every pixel of slice k that is set in `slice`; others keep their value. */
export function addSliceRows(mask: Mask, k: number, slice: SliceRows): void {
  for (let j = 0; j < slice.rows; j++) {
    const rowOffset = (k * slice.rows + j) * slice.columns;
    for (let w = 0; w < slice.wordsPerRow; w++) {
      const word = slice.words[j * slice.wordsPerRow + w];
      if (word !== 0) addWord(mask.bits, rowOffset + w * 32, word);
    }
  }
}

/** The smallest box that holds all pixels of the slice; `null` when there is none. */
export function sliceBox(slice: SliceRows): SliceBox | null {
  const { words, wordsPerRow, rows } = slice;
  let first = 0;
  while (first < words.length && words[first] === 0) first++;
  if (first === words.length) return null;
  let last = words.length - 1;
  while (words[last] === 0) last--;
  const firstRow = Math.floor(first / wordsPerRow);
  const lastRow = Math.floor(last / wordsPerRow);
  const columnWords = new Uint32Array(wordsPerRow);
  for (let j = firstRow; j <= lastRow && j < rows; j++) {
    for (let w = 0; w < wordsPerRow; w++) columnWords[w] |= words[j * wordsPerRow + w];
  }
  const low = columnWords.findIndex((word) => word !== 0);
  const high = columnWords.findLastIndex((word) => word !== 0);
  const firstColumn = low * 32 + 31 - Math.clz32(columnWords[low] & -columnWords[low]);
  return { firstColumn, lastColumn: high * 32 + 31 - Math.clz32(columnWords[high]), firstRow, lastRow };
}

export function sliceHas(slice: SliceRows, i: number, j: number): boolean {
  if (i < 0 || j < 0 || i >= slice.columns || j >= slice.rows) return false;
  return ((slice.words[j * slice.wordsPerRow + (i >>> 5)] >>> (i & 31)) & 1) === 1;
}

export function countSlice(slice: SliceRows): number {
  let count = 0;
  for (const word of slice.words) if (word !== 0) count += popCount(word);
  return count;
}

function addWord(bits: Uint8Array, bitOffset: number, word: number): void {
  const byte = Math.floor(bitOffset / 8);
  const shift = bitOffset % 8;
  const low = word << shift;
  const high = shift === 0 ? 0 : word >>> (32 - shift);
  if (low & 0xff) bits[byte] |= low & 0xff;
  if (low & 0xff00) bits[byte + 1] |= (low >>> 8) & 0xff;
  if (low & 0xff0000) bits[byte + 2] |= (low >>> 16) & 0xff;
  if (low & 0xff000000) bits[byte + 3] |= low >>> 24;
  if (high) bits[byte + 4] |= high;
}
