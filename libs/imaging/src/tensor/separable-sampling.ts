/**
 * Linear or nearest interpolation between two grids whose axes are parallel: every axis is tabulated once, so that the loops over
 * tens of millions of voxels only add and multiply. Voxel values belong to voxel centres.
 */

export type Interpolation = 'linear' | 'nearest';

/** For each destination index along one axis: the two neighbours in the source. */
export interface AxisTable {
  readonly sourceCount: number;
  /** Distance of neighbours in the source array. */
  readonly stride: number;
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
  const [low, high] = [new Int32Array(size), new Int32Array(size)];
  const table = { sourceCount, stride, low, high, weight: new Float32Array(size) };
  for (let index = 0; index < size; index++) {
    const position = sourceIndexOf(index);
    if (!(position >= -0.5 - SNAP && position <= sourceCount - 0.5 + SNAP)) {
      table.weight[index] = OUTSIDE;
      continue;
    }
    const clamped = Math.max(0, Math.min(sourceCount - 1, position));
    const nearest = Math.floor(clamped + 0.5);
    const exact = mode === 'nearest' || Math.abs(clamped - nearest) < SNAP;
    const below = exact ? nearest : Math.floor(clamped);
    low[index] = below;
    high[index] = Math.min(below + 1, sourceCount - 1);
    table.weight[index] = exact ? 0 : clamped - below;
  }
  return table;
}

type Source = Float32Array | Int16Array | Uint8Array;

/** Fills `out` with destination planes `firstZ` up to `firstZ + planes`; what lies outside the source gets `outside`. */
export function samplePlanes(
  source: Source,
  { x, y, z }: SamplingTables,
  out: Float32Array,
  outside: number,
  firstZ: number,
  planes: number,
): void {
  const rowLength = x.low.length;
  const rows = y.low.length;
  const span = insideSpan(x);
  const mixed = new Float32Array(x.sourceCount);
  for (let plane = 0; plane < planes; plane++) {
    const levels = neighbours(z, firstZ + plane);
    for (let row = 0; row < rows; row++) {
      const start = (plane * rows + row) * rowLength;
      const lines = levels.length === 0 ? [] : neighbours(y, row);
      if (lines.length === 0) {
        out.fill(outside, start, start + rowLength);
        continue;
      }
      mixLines(source, x, levels, lines, mixed);
      stretchRow(mixed, x, out, start, span, outside);
    }
  }
}

interface Neighbour {
  readonly offset: number;
  readonly weight: number;
}

/** One or two source positions that a destination index lies between; none where it is outside. */
function neighbours({ low, high, weight, stride }: AxisTable, index: number): readonly Neighbour[] {
  const w = weight[index];
  if (w < 0) return [];
  if (w === 0) return [{ offset: low[index] * stride, weight: 1 }];
  return [
    { offset: low[index] * stride, weight: 1 - w },
    { offset: high[index] * stride, weight: w },
  ];
}

/** The weighted sum of up to four source lines: afterwards only one axis is left to interpolate. */
function mixLines(
  source: Source,
  { sourceCount, stride }: AxisTable,
  levels: readonly Neighbour[],
  lines: readonly Neighbour[],
  mixed: Float32Array,
): void {
  let first = true;
  for (const level of levels) {
    for (const line of lines) {
      const weight = level.weight * line.weight;
      let at = level.offset + line.offset;
      if (first) for (let n = 0; n < sourceCount; n++, at += stride) mixed[n] = weight * source[at];
      else for (let n = 0; n < sourceCount; n++, at += stride) mixed[n] += weight * source[at];
      first = false;
    }
  }
}

type Span = readonly [first: number, end: number];

function stretchRow(
  mixed: Float32Array,
  { low, high, weight }: AxisTable,
  out: Float32Array,
  start: number,
  [first, end]: Span,
  outside: number,
): void {
  out.fill(outside, start, start + first);
  for (let index = first; index < end; index++) {
    const a = mixed[low[index]];
    const w = weight[index];
    out[start + index] = w === 0 ? a : a + w * (mixed[high[index]] - a);
  }
  out.fill(outside, start + end, start + low.length);
}

/** The source is convex, so the destinations inside it are one stretch. */
function insideSpan({ weight }: AxisTable): Span {
  let first = 0;
  while (first < weight.length && weight[first] < 0) first++;
  let end = weight.length;
  while (end > first && weight[end - 1] < 0) end--;
  return [first, end];
}
