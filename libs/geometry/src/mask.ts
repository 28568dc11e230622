/** Bit-packed masks: making, reading, combining and measuring them, whole words at a time. */
import { countBits, popCount, wordsOf } from './bits';
import { GeometryError } from './geometry-error';
import type { Grid, Mask } from './grid';
import { sliceBox, sliceRows, emptySliceRows } from './slice-rows';
import { voxelVolumeMm3 } from './voxel-volume';

/** First and last index of each axis, inclusive. */
export interface VoxelBox {
  readonly first: readonly [number, number, number];
  readonly last: readonly [number, number, number];
}

export function voxelCountOf(grid: Grid): number {
  return grid.columns * grid.rows * grid.origins.length;
}

/** Bytes that the bits of a mask of this grid take. */
export function maskByteLength(grid: Grid): number {
  return Math.ceil(voxelCountOf(grid) / 8);
}

/** An empty mask. */
export function createMask(grid: Grid): Mask {
  return { grid, bits: new Uint8Array(maskByteLength(grid)) };
}

/** The mask of all voxels (index = (k * rows + j) * columns + i) for which `isInside` holds. */
export function maskWhere(grid: Grid, isInside: (index: number) => boolean): Mask {
  const mask = createMask(grid);
  const count = voxelCountOf(grid);
  for (let index = 0; index < count; index++) if (isInside(index)) mask.bits[index >>> 3] |= 1 << (index & 7);
  return mask;
}

/** A mask over bits that were packed elsewhere; they are checked for length and used as they are, not copied. */
export function maskFromBits(grid: Grid, bits: Uint8Array): Mask {
  const count = voxelCountOf(grid);
  if (bits.length !== maskByteLength(grid)) {
    throw new GeometryError(`a mask of this grid has ${maskByteLength(grid)} bytes, not ${bits.length}`);
  }
  if (count % 8 !== 0 && bits[bits.length - 1] >>> (count % 8) !== 0) {
    throw new GeometryError('bits beyond the last voxel are set');
  }
  return { grid, bits };
}

export function voxelIndex(grid: Grid, i: number, j: number, k: number): number {
  return (k * grid.rows + j) * grid.columns + i;
}

/** Whether a voxel is set; voxels outside the grid are not. */
export function hasVoxel(mask: Mask, i: number, j: number, k: number): boolean {
  const { columns, rows, origins } = mask.grid;
  if (i < 0 || j < 0 || k < 0 || i >= columns || j >= rows || k >= origins.length) return false;
  const index = voxelIndex(mask.grid, i, j, k);
  return ((mask.bits[index >>> 3] >>> (index & 7)) & 1) === 1;
}

/** Sets one voxel of a mask that is being built. */
export function setVoxel(mask: Mask, i: number, j: number, k: number): void {
  const { columns, rows, origins } = mask.grid;
  if (i < 0 || j < 0 || k < 0 || i >= columns || j >= rows || k >= origins.length) {
    throw new GeometryError(`voxel ${i}, ${j}, ${k} is outside the mask`);
  }
  const index = voxelIndex(mask.grid, i, j, k);
  mask.bits[index >>> 3] |= 1 << (index & 7);
}

export function countVoxels(mask: Mask): number {
  return countBits(mask.bits, 0, voxelCountOf(mask.grid));
}

export function countSliceVoxels(mask: Mask, k: number): number {
  const perSlice = mask.grid.columns * mask.grid.rows;
  return countBits(mask.bits, k * perSlice, (k + 1) * perSlice);
}

/** Number of voxels that both masks have, without building their intersection. */
export function countCommonVoxels(a: Mask, b: Mask): number {
  requireSameSize(a, b);
  const wordsA = wordsOf(a.bits);
  const wordsB = wordsOf(b.bits);
  const whole = wordsA && wordsB ? wordsA.length : 0;
  let count = 0;
  for (let w = 0; w < whole; w++) {
    const word = wordsA![w] & wordsB![w];
    if (word !== 0) count += popCount(word);
  }
  for (let byte = whole * 4; byte < a.bits.length; byte++) count += popCount(a.bits[byte] & b.bits[byte]);
  return count;
}

export function andMasks(a: Mask, b: Mask): Mask {
  return combine(a, b, (x, y) => x & y);
}

export function orMasks(a: Mask, b: Mask): Mask {
  return combine(a, b, (x, y) => x | y);
}

/** What a has and b has not. */
export function andNotMasks(a: Mask, b: Mask): Mask {
  return combine(a, b, (x, y) => x & ~y);
}

export function masksEqual(a: Mask, b: Mask): boolean {
  requireSameSize(a, b);
  return Buffer.compare(a.bits, b.bits) === 0;
}

/** The smallest box around all voxels; `null` for an empty mask. */
export function maskBox(mask: Mask): VoxelBox | null {
  const { columns, rows, origins } = mask.grid;
  const slice = emptySliceRows(columns, rows);
  const first: [number, number, number] = [columns, rows, origins.length];
  const last: [number, number, number] = [-1, -1, -1];
  for (let k = 0; k < origins.length; k++) {
    const box = sliceBox(sliceRows(mask, k, slice));
    if (!box) continue;
    first[0] = Math.min(first[0], box.firstColumn);
    last[0] = Math.max(last[0], box.lastColumn);
    first[1] = Math.min(first[1], box.firstRow);
    last[1] = Math.max(last[1], box.lastRow);
    first[2] = Math.min(first[2], k);
    last[2] = k;
  }
  return last[2] < 0 ? null : { first, last };
}

/** Volume in ml: voxels of each slice x pixel area x slab. An empty mask has 0 ml. */
export function maskVolumeMl(mask: Mask): number {
  let volumeMm3 = 0;
  for (let k = 0; k < mask.grid.origins.length; k++) {
    const voxels = countSliceVoxels(mask, k);
    if (voxels > 0) volumeMm3 += voxels * voxelVolumeMm3(mask.grid, k);
  }
  return volumeMm3 / 1000;
}

function combine(a: Mask, b: Mask, operation: (x: number, y: number) => number): Mask {
  requireSameSize(a, b);
  const bits = new Uint8Array(a.bits.length);
  const [wordsA, wordsB, words] = [wordsOf(a.bits), wordsOf(b.bits), wordsOf(bits)];
  let whole = 0;
  if (wordsA && wordsB && words) {
    whole = words.length;
    for (let w = 0; w < whole; w++) words[w] = operation(wordsA[w], wordsB[w]);
  }
  for (let byte = whole * 4; byte < bits.length; byte++) bits[byte] = operation(a.bits[byte], b.bits[byte]);
  return { grid: a.grid, bits };
}

function requireSameSize(a: Mask, b: Mask): void {
  const same =
    a.grid.columns === b.grid.columns &&
    a.grid.rows === b.grid.rows &&
    a.grid.origins.length === b.grid.origins.length &&
    a.bits.length === b.bits.length;
  if (!same) throw new GeometryError('the masks have different grids');
}
