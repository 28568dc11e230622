/**
 * Connected components of runs by union-find. Neighbours share a face (6 in space, 4 in a slice) or also an edge or a corner (26);
 * a foreground of 26 goes with a background of 6.
 */
import { Grid, Mask, voxelVolumeMm3 } from '@modelbank/geometry';
import { forEachRun, maskOfRuns, Runs, runsOfMask } from './mask-runs';

/** `slice4` joins voxels within a slice only. */
export type Connectivity = 6 | 26 | 'slice4';

export interface Components {
  /** Component of each run, 0 up. */
  readonly ofRun: Int32Array;
  readonly count: number;
}

export function componentsOf(runs: Runs, connectivity: Connectivity): Components {
  const parent = Int32Array.from({ length: runs.start.length }, (_, run) => run);
  const slack = connectivity === 26 ? 1 : 0;
  const { rows } = runs;
  for (let row = 0; row < rows * runs.slices; row++) {
    const inSlice = row % rows;
    if (inSlice > 0) joinRows(runs, parent, row, row - 1, slack);
    if (connectivity === 'slice4' || row < rows) continue;
    joinRows(runs, parent, row, row - rows, slack);
    if (connectivity === 26 && inSlice > 0) joinRows(runs, parent, row, row - rows - 1, slack);
    if (connectivity === 26 && inSlice < rows - 1) joinRows(runs, parent, row, row - rows + 1, slack);
  }
  return numbered(parent);
}

/** Keeps the components with the most voxels (26-connected); of equal ones the first in voxel order. */
export function largestComponents(mask: Mask, count: number): Mask {
  const runs = runsOfMask(mask);
  const components = componentsOf(runs, 26);
  const sizes = sumPerComponent(runs, components, () => 1);
  const kept = new Set(
    Array.from(sizes.keys())
      .sort((a, b) => sizes[b] - sizes[a] || a - b)
      .slice(0, count),
  );
  return maskOfRuns(mask.grid, runs, (run) => kept.has(components.ofRun[run]));
}

/** Removes components (26-connected) smaller than a volume. */
export function minimumVolume(mask: Mask, ml: number): Mask {
  const runs = runsOfMask(mask);
  const components = componentsOf(runs, 26);
  const volumesMm3 = sumPerComponent(runs, components, sliceWeights(mask.grid));
  return maskOfRuns(mask.grid, runs, (run) => volumesMm3[components.ofRun[run]] >= ml * 1000);
}

/** Sum over each component's voxels of a weight that depends on the slice. */
export function sumPerComponent(
  runs: Runs,
  components: Components,
  weightOfSlice: (slice: number) => number,
): Float64Array {
  const sums = new Float64Array(components.count);
  forEachRun(runs, (run, row) => {
    sums[components.ofRun[run]] += (runs.end[run] - runs.start[run]) * weightOfSlice(Math.floor(row / runs.rows));
  });
  return sums;
}

function sliceWeights(grid: Grid): (slice: number) => number {
  const weights = grid.origins.map((_, slice) => voxelVolumeMm3(grid, slice));
  return (slice) => weights[slice];
}

/** Both rows are sorted by column, so that one walk finds all pairs that touch. */
function joinRows(runs: Runs, parent: Int32Array, row: number, other: number, slack: number): void {
  const { start, end, firstOfRow } = runs;
  let a = firstOfRow[row];
  let b = firstOfRow[other];
  const lastA = firstOfRow[row + 1];
  const lastB = firstOfRow[other + 1];
  while (a < lastA && b < lastB) {
    if (start[a] < end[b] + slack && start[b] < end[a] + slack) unite(parent, a, b);
    if (end[a] < end[b]) a++;
    else b++;
  }
}

function unite(parent: Int32Array, a: number, b: number): void {
  const rootA = rootOf(parent, a);
  const rootB = rootOf(parent, b);
  if (rootA < rootB) parent[rootB] = rootA;
  else parent[rootA] = rootB;
}

function rootOf(parent: Int32Array, run: number): number {
  let root = run;
  while (parent[root] !== root) {
    parent[root] = parent[parent[root]];
    root = parent[root];
  }
  return root;
}

function numbered(parent: Int32Array): Components {
  const ofRun = new Int32Array(parent.length);
  let count = 0;
  for (let run = 0; run < parent.length; run++) {
    const root = rootOf(parent, run);
    ofRun[run] = root === run ? count++ : ofRun[root];
  }
  return { ofRun, count };
}
