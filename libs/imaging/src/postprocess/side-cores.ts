/**
 * Finds the cores of a left and a right organ in one mask: the mask is shrunk, millimetre by millimetre, until what joins the two
 * (bronchi at the carina, a thin septum) has gone. Works on a coarse copy; which side a core is on is decided in the patient, by x.
 */
import { Grid, Mask, Vec3, VoxelBox, voxelToPatient } from '@modelbank/geometry';
import { componentsOf } from './components';
import { depthMm } from './depth';
import { forEachRun, Runs, RunSpace, runsWhere } from './mask-runs';

const CELL_MM = 2;
const DEEPEST_MM = 16;
/** A part counts as (part of) an organ from this fraction of the largest part. */
const SMALLEST_PART = 0.1;
/** The smaller core group must have this fraction of the larger one. */
const SMALLEST_SIDE = 0.15;
/** Centres of the two sides must be this fraction of the mask's width apart. */
const SMALLEST_SEPARATION = 0.25;

/** The mask's box in cells of whole voxels. */
export interface CoarseSpace extends RunSpace {
  readonly box: VoxelBox;
  /** Voxels per cell along i, j, k. */
  readonly factors: Vec3;
}

export const LEFT = 1;
export const RIGHT = 2;

export interface SideCores {
  readonly space: CoarseSpace;
  /** Per cell: 0, LEFT or RIGHT. */
  readonly sides: Uint8Array;
  /** Patient x midway between the two cores. */
  readonly betweenXMm: number;
}

export function findSideCores(mask: Mask, box: VoxelBox): SideCores | undefined {
  const space = coarseSpace(mask.grid, box);
  const depths = depthMm(coarsen(mask, space), space, cellSizeMm(mask.grid, space));
  const widthMm = patientWidthMm(mask.grid, box);
  for (let shrinkMm = 0; shrinkMm <= DEEPEST_MM; shrinkMm += CELL_MM / 2) {
    const runs = runsWhere(space, (index) => depths[index] > shrinkMm);
    const cores = coresOf(runs, space, mask.grid, widthMm);
    if (cores) return cores;
  }
  return undefined;
}

interface Part {
  readonly component: number;
  readonly cells: number;
  readonly xMm: number;
}

function coresOf(runs: Runs, space: CoarseSpace, grid: Grid, widthMm: number): SideCores | undefined {
  const components = componentsOf(runs, 6);
  const parts = largeParts(runs, components.ofRun, components.count, space, grid);
  const split = splitAtWidestGap(parts);
  if (!split || split.gapMm < SMALLEST_SEPARATION * widthMm) return undefined;
  const cells = [split.right, split.left].map((side) => side.reduce((sum, part) => sum + part.cells, 0));
  if (Math.min(...cells) < SMALLEST_SIDE * Math.max(...cells)) return undefined;
  const sideOfComponent = new Uint8Array(components.count);
  for (const part of split.right) sideOfComponent[part.component] = RIGHT;
  for (const part of split.left) sideOfComponent[part.component] = LEFT;
  const sides = new Uint8Array(space.columns * space.rows * space.slices);
  forEachRun(runs, (run, row) => {
    const first = row * space.columns;
    sides.fill(sideOfComponent[components.ofRun[run]], first + runs.start[run], first + runs.end[run]);
  });
  return { space, sides, betweenXMm: split.betweenXMm };
}

function largeParts(runs: Runs, ofRun: Int32Array, count: number, space: CoarseSpace, grid: Grid): Part[] {
  const sums = Array.from({ length: count }, () => [0, 0, 0, 0]);
  forEachRun(runs, (run, row) => {
    const length = runs.end[run] - runs.start[run];
    const sum = sums[ofRun[run]];
    sum[0] += length;
    sum[1] += (length * (runs.start[run] + runs.end[run] - 1)) / 2;
    sum[2] += length * (row % space.rows);
    sum[3] += length * Math.floor(row / space.rows);
  });
  const largest = sums.reduce((most, [cells]) => Math.max(most, cells), 0);
  return sums.flatMap(([cells, i, j, k], component) => {
    if (cells < SMALLEST_PART * largest) return [];
    const centre = cellCentre(space, [i / cells, j / cells, k / cells]);
    return [{ component, cells, xMm: voxelToPatient(grid, centre)[0] }];
  });
}

/** Larger x is the patient's left (LPS). */
function splitAtWidestGap(
  parts: readonly Part[],
): { right: Part[]; left: Part[]; gapMm: number; betweenXMm: number } | undefined {
  const sorted = [...parts].sort((a, b) => a.xMm - b.xMm);
  let at = 0;
  let gapMm = 0;
  for (let next = 1; next < sorted.length; next++) {
    const distance = sorted[next].xMm - sorted[next - 1].xMm;
    if (distance > gapMm) [at, gapMm] = [next, distance];
  }
  if (at === 0) return undefined;
  const betweenXMm = (sorted[at - 1].xMm + sorted[at].xMm) / 2;
  return { right: sorted.slice(0, at), left: sorted.slice(at), gapMm, betweenXMm };
}

function coarseSpace(grid: Grid, box: VoxelBox): CoarseSpace {
  const slices = grid.origins.length;
  const first = voxelToPatient(grid, [0, 0, 0]);
  const last = voxelToPatient(grid, [0, 0, slices - 1]);
  const sliceMm = Math.hypot(last[0] - first[0], last[1] - first[1], last[2] - first[2]) / Math.max(1, slices - 1);
  const factorOf = (mm: number) => Math.max(1, Math.round(CELL_MM / mm));
  const factors: Vec3 = [factorOf(grid.columnSpacingMm), factorOf(grid.rowSpacingMm), factorOf(sliceMm || CELL_MM)];
  const cells = (axis: 0 | 1 | 2) => Math.ceil((box.last[axis] - box.first[axis] + 1) / factors[axis]);
  return { columns: cells(0), rows: cells(1), slices: cells(2), box, factors };
}

function cellSizeMm(grid: Grid, { factors }: CoarseSpace): Vec3 {
  const a = voxelToPatient(grid, [0, 0, 0]);
  const b = voxelToPatient(grid, [0, 0, 1]);
  const sliceMm = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  return [grid.columnSpacingMm * factors[0], grid.rowSpacingMm * factors[1], sliceMm * factors[2]];
}

function cellCentre(space: CoarseSpace, cell: Vec3): Vec3 {
  const centre = (axis: 0 | 1 | 2) => space.box.first[axis] + (cell[axis] + 0.5) * space.factors[axis] - 0.5;
  return [centre(0), centre(1), centre(2)];
}

/** A cell belongs to the mask when at least half of its voxels do. */
function coarsen(mask: Mask, space: CoarseSpace): Uint8Array {
  const { columns, rows } = mask.grid;
  const [fi, fj, fk] = space.factors;
  const { first, last } = space.box;
  const counts = new Uint16Array(space.columns * space.rows * space.slices);
  for (let k = first[2]; k <= last[2]; k++) {
    const cellSlice = Math.floor((k - first[2]) / fk) * space.rows;
    for (let j = first[1]; j <= last[1]; j++) {
      const cellRow = (cellSlice + Math.floor((j - first[1]) / fj)) * space.columns;
      const row = (k * rows + j) * columns;
      for (let i = first[0]; i <= last[0]; i++) {
        const index = row + i;
        if ((mask.bits[index >>> 3] >>> (index & 7)) & 1) counts[cellRow + Math.floor((i - first[0]) / fi)]++;
      }
    }
  }
  const half = (fi * fj * fk) / 2;
  return Uint8Array.from(counts, (count) => (count >= half ? 1 : 0));
}

function patientWidthMm(grid: Grid, { first, last }: VoxelBox): number {
  const xs = [first[0], last[0]].flatMap((i) =>
    [first[1], last[1]].flatMap((j) => [first[2], last[2]].map((k) => voxelToPatient(grid, [i, j, k])[0])),
  );
  return Math.max(...xs) - Math.min(...xs);
}
