/**
 * Linear or nearest interpolation between two grids whose axes are parallel: every axis is tabulated once, so that the loops over
 * tens of millions of voxels only add and multiply. Voxel values belong to voxel centres.
 */

export type Interpolation = 'linear' | 'nearest';

/** For each destination index along one axis: the two source neighbours, as offsets into the source array. */
export interface AxisTable {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Weight of `high`; negative where the destination lies outside the source. */
  readonly weight: Float32Array;
}

export interface SamplingTables {
  readonly x: AxisTable;
  readonly y: AxisTable;
  readonly z: AxisTable;
}

const OUTSIDE = -1;
const SNAP = 1e-5;

/**
 * Tabulates one axis. Within half a source voxel beyond the first and last centre the edge value is kept; farther out is outside.
 * `sourceIndexOf` gives the fractional source index of a destination index, `stride` the distance of neighbours in the source array.
 */
export function axisTable(
  size: number,
  sourceCount: number,
  stride: number,
  mode: Interpolation,
  sourceIndexOf: (index: number) => number,
): AxisTable {
  const table = { low: new Int32Array(size), high: new Int32Array(size), weight: new Float32Array(size) };
  for (let index = 0; index < size; index++) {
    const position = sourceIndexOf(index);
    if (!(position >= -0.5 - SNAP && position <= sourceCount - 0.5 + SNAP)) {
      table.weight[index] = OUTSIDE;
      continue;
    }
    const clamped = Math.max(0, Math.min(sourceCount - 1, position));
    const nearest = Math.floor(clamped + 0.5);
    const exact = mode === 'nearest' || Math.abs(clamped - nearest) < SNAP;
    const low = exact ? nearest : Math.floor(clamped);
    table.low[index] = low * stride;
    table.high[index] = Math.min(low + 1, sourceCount - 1) * stride;
    table.weight[index] = exact ? 0 : clamped - low;
  }
  return table;
}

/** Fills `out` with destination planes `firstZ` up to `firstZ + planes`; what lies outside the source gets `outside`. */
export function samplePlanes(
  source: Float32Array | Int16Array | Uint8Array,
  tables: SamplingTables,
  out: Float32Array,
  outside: number,
  firstZ: number,
  planes: number,
): void {
  const rowLength = tables.x.low.length;
  const rows = tables.y.low.length;
  const inside = insideRange(tables.x);
  for (let plane = 0; plane < planes; plane++) {
    const z = firstZ + plane;
    for (let y = 0; y < rows; y++) {
      const start = (plane * rows + y) * rowLength;
      if (tables.z.weight[z] < 0 || tables.y.weight[y] < 0) out.fill(outside, start, start + rowLength);
      else sampleRow(source, tables, out, start, y, z, inside, outside);
    }
  }
}

type Span = readonly [first: number, end: number];

function sampleRow(
  source: Float32Array | Int16Array | Uint8Array,
  tables: SamplingTables,
  out: Float32Array,
  start: number,
  y: number,
  z: number,
  [first, end]: Span,
  outside: number,
): void {
  out.fill(outside, start, start + first);
  out.fill(outside, start + end, start + tables.x.low.length);
  const wy = tables.y.weight[y];
  const wz = tables.z.weight[z];
  const row = out.subarray(start, start + end);
  gatherRow(source, tables.x, row, tables.y.low[y] + tables.z.low[z], (1 - wy) * (1 - wz), first, false);
  if (wy > 0) gatherRow(source, tables.x, row, tables.y.high[y] + tables.z.low[z], wy * (1 - wz), first, true);
  if (wz > 0) gatherRow(source, tables.x, row, tables.y.low[y] + tables.z.high[z], (1 - wy) * wz, first, true);
  if (wy > 0 && wz > 0) gatherRow(source, tables.x, row, tables.y.high[y] + tables.z.high[z], wy * wz, first, true);
}

function gatherRow(
  source: Float32Array | Int16Array | Uint8Array,
  { low, high, weight }: AxisTable,
  row: Float32Array,
  base: number,
  factor: number,
  first: number,
  adds: boolean,
): void {
  const end = row.length;
  for (let x = first; x < end; x++) {
    const w = weight[x];
    const a = source[base + low[x]];
    const value = w === 0 ? a : a + w * (source[base + high[x]] - a);
    row[x] = adds ? row[x] + factor * value : factor * value;
  }
}

/** The source is convex, so the destinations inside it are one stretch. */
function insideRange({ weight }: AxisTable): Span {
  let first = 0;
  while (first < weight.length && weight[first] < 0) first++;
  let end = weight.length;
  while (end > first && weight[end - 1] < 0) end--;
  return [first, end];
}
