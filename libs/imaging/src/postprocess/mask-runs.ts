/**
 * A mask as runs of consecutive columns, row by row: what connected components, holes and sides are computed from. A body of tens of
 * millions of voxels is some hundred thousand runs.
 */
import type { Mask } from '@modelbank/geometry';

/** Run r covers columns start[r] up to, not including, end[r]; the runs of row n are firstOfRow[n] to firstOfRow[n + 1]. */
export interface Runs {
  readonly columns: number;
  /** Rows of one slice. */
  readonly rows: number;
  readonly slices: number;
  readonly firstOfRow: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

export interface RunSpace {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
}

/** Runs of the set voxels, or of the others. */
export function runsOfMask(mask: Mask, value: 0 | 1 = 1): Runs {
  const { columns, rows, origins } = mask.grid;
  const { bits } = mask;
  const other = value === 1 ? 0 : 1;
  return collectRuns({ columns, rows, slices: origins.length }, (row, add) => {
    const first = row * columns;
    const stop = first + columns;
    for (let at = nextBit(bits, first, stop, value); at < stop;) {
      const end = nextBit(bits, at, stop, other);
      add(at - first, end - first);
      at = nextBit(bits, end, stop, value);
    }
  });
}

/** Runs of the voxels for which the test holds; index = (slice * rows + row) * columns + column. */
export function runsWhere(space: RunSpace, test: (index: number) => boolean): Runs {
  return collectRuns(space, (row, add) => {
    const first = row * space.columns;
    for (let column = 0; column < space.columns; column++) {
      if (!test(first + column)) continue;
      const start = column;
      while (column < space.columns && test(first + column)) column++;
      add(start, column);
    }
  });
}

/** Sets the voxels of one run. */
export function setRun(bits: Uint8Array, first: number, end: number): void {
  let at = first;
  while (at < end && (at & 7) !== 0) bits[at >>> 3] |= 1 << (at++ & 7);
  const lastWhole = end - (end & 7);
  if (at < lastWhole) {
    bits.fill(255, at >>> 3, lastWhole >>> 3);
    at = lastWhole;
  }
  while (at < end) bits[at >>> 3] |= 1 << (at++ & 7);
}

/** The mask of those runs that `keep` chooses. */
export function maskOfRuns(grid: Mask['grid'], runs: Runs, keep: (run: number) => boolean): Mask {
  const bits = new Uint8Array(Math.ceil((runs.columns * runs.rows * runs.slices) / 8));
  forEachRun(runs, (run, row) => {
    if (keep(run)) setRun(bits, row * runs.columns + runs.start[run], row * runs.columns + runs.end[run]);
  });
  return { grid, bits };
}

/** Visits every run with its row, counted over all slices. */
export function forEachRun(runs: Runs, visit: (run: number, row: number) => void): void {
  for (let row = 0; row < runs.firstOfRow.length - 1; row++) {
    for (let run = runs.firstOfRow[row]; run < runs.firstOfRow[row + 1]; run++) visit(run, row);
  }
}

function collectRuns(
  space: RunSpace,
  findInRow: (row: number, add: (start: number, end: number) => void) => void,
): Runs {
  const rowCount = space.rows * space.slices;
  const firstOfRow = new Int32Array(rowCount + 1);
  let start = new Int32Array(4096);
  let end = new Int32Array(4096);
  let count = 0;
  const add = (from: number, to: number): void => {
    if (count === start.length) {
      start = grown(start);
      end = grown(end);
    }
    start[count] = from;
    end[count++] = to;
  };
  for (let row = 0; row < rowCount; row++) {
    findInRow(row, add);
    firstOfRow[row + 1] = count;
  }
  return { ...space, firstOfRow, start: start.subarray(0, count), end: end.subarray(0, count) };
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** The first bit of the value at or after `from`, else `stop`; whole bytes of the other value are skipped. */
function nextBit(bits: Uint8Array, from: number, stop: number, value: 0 | 1): number {
  const uniform = value === 1 ? 0 : 255;
  let at = from;
  while (at < stop) {
    const byte = bits[at >>> 3];
    if (byte === uniform) {
      at = (at | 7) + 1;
      continue;
    }
    if (((byte >>> (at & 7)) & 1) === value) return at;
    at++;
  }
  return stop;
}
