/**
 * A coarse copy of a scan on 4 mm cells along the patient's own axes, with the body found in it: the base of the image facts. The
 * acquisition's orientation has gone, so that every rule reads the same for prone, feet-first and oblique scans.
 */
import { dot, Grid, hasVoxel, Mask, maskWhere, patientBox, Vec3 } from '@modelbank/geometry';
import type { HounsfieldVolume } from '../decode/to-hounsfield';
import { largestComponents } from '../postprocess/components';
import { fillHoles } from '../postprocess/fill-holes';
import { axisPositions, indexAt } from '../tensor/scan-axis-positions';

export const CELL_MM = 4;
/** Body and table lie above, air and most of the lungs below. */
const BODY_THRESHOLD_HU = -400;

export interface PatientOverview {
  /** Columns to the left, rows to posterior, slices to superior. */
  readonly grid: Grid;
  /** Hounsfield units of the nearest voxel; OUTSIDE_SCAN where the scan has none. */
  readonly hu: Int16Array;
  /** The largest part above the threshold without what is thinner than three cells (table, blanket), filled level by level. */
  readonly body: Mask;
}

export const OUTSIDE_SCAN = -32768;

export function patientOverview(volume: HounsfieldVolume): PatientOverview {
  const grid = overviewGrid(volume.grid);
  const hu = sampleNearest(volume, grid);
  return { grid, hu, body: findBody(grid, hu) };
}

function overviewGrid(scan: Grid): Grid {
  const { lowest, highest } = patientBox(scan);
  const cells = [0, 1, 2].map((axis) => Math.max(1, Math.ceil((highest[axis] - lowest[axis]) / CELL_MM)));
  const origins = Array.from({ length: Math.max(2, cells[2]) }, (_, k): Vec3 => [
    lowest[0] + CELL_MM / 2,
    lowest[1] + CELL_MM / 2,
    lowest[2] + (k + 0.5) * CELL_MM,
  ]);
  return {
    columns: cells[0],
    rows: cells[1],
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    normal: [0, 0, 1],
    columnSpacingMm: CELL_MM,
    rowSpacingMm: CELL_MM,
    origins,
  };
}

/**
 * Indices of the slices that the overview looks at: the others need not be decoded for it. Of a scan with thin slices these
 * are few; of an oblique one, all.
 */
export function slicesInOverview(scan: Grid): ReadonlySet<number> {
  const overview = overviewGrid(scan);
  const { columns, rows, origins } = overview;
  const slices = overviewSlices(scan, overview);
  const seen = new Set<number>();
  for (let row = 0; row < rows * origins.length; row++) {
    // along a row the slice only rises or only falls, rounding included
    const ends = [slices.of(slices.startMm(row), 0), slices.of(slices.startMm(row), columns - 1)];
    const last = Math.min(Math.max(...ends), scan.origins.length - 1);
    for (let slice = Math.max(0, Math.min(...ends)); slice <= last; slice++) seen.add(slice);
  }
  return seen;
}

interface OverviewSlices {
  /** Height of a row's first cell above the scan's first slice. */
  readonly startMm: (row: number) => number;
  /** Index of the slice that the cell of a column in that row is read from; beyond the scan's ends it is none of its own. */
  readonly of: (startMm: number, column: number) => number;
}

/** The only place that says which slice a cell is read from, so that choosing slices and sampling them cannot differ. */
function overviewSlices(scan: Grid, { rows, origins }: Grid): OverviewSlices {
  const positions = axisPositions(scan, 2);
  const { normal } = scan;
  const firstMm = dot(scan.origins[0], normal);
  return {
    startMm: (row) => dot(rowStart(origins, rows, row), normal) - firstMm,
    of: (startMm, column) => Math.floor(indexAt(positions, startMm + column * CELL_MM * normal[0]) + 0.5),
  };
}

function rowStart(origins: Grid['origins'], rows: number, row: number): Vec3 {
  const [x, y, z] = origins[Math.floor(row / rows)];
  return [x, y + (row % rows) * CELL_MM, z];
}

/** The scan index of a cell is affine in the cell's index; only uneven slices need a look-up. */
function sampleNearest({ grid: scan, voxels }: HounsfieldVolume, overview: Grid): Int16Array {
  const { columns, rows, origins } = overview;
  const hu = new Int16Array(columns * rows * origins.length).fill(OUTSIDE_SCAN);
  const slices = overviewSlices(scan, overview);
  const axes = [scan.rowDirection, scan.columnDirection];
  const scanOrigin = axes.map((axis) => dot(scan.origins[0], axis));
  for (let row = 0; row < rows * origins.length; row++) {
    const start = rowStart(origins, rows, row);
    const mm = axes.map((axis, a) => dot(start, axis) - scanOrigin[a]);
    const heightMm = slices.startMm(row);
    for (let column = 0; column < columns; column++) {
      const along = column * CELL_MM;
      const i = (mm[0] + along * axes[0][0]) / scan.columnSpacingMm + 0.5;
      const j = (mm[1] + along * axes[1][0]) / scan.rowSpacingMm + 0.5;
      const k = slices.of(heightMm, column);
      if (i < 0 || j < 0 || k < 0 || i >= scan.columns || j >= scan.rows || k >= scan.origins.length) continue;
      const value = voxels[(k * scan.rows + (j | 0)) * scan.columns + (i | 0)];
      hu[row * columns + column] = value > OUTSIDE_SCAN ? value : OUTSIDE_SCAN + 1;
    }
  }
  return hu;
}

function findBody(grid: Grid, hu: Int16Array): Mask {
  const dense = Uint8Array.from(hu, (value) => (value > BODY_THRESHOLD_HU ? 1 : 0));
  const eroded = faceNeighbours(dense, grid, (own, neighbours) => own === 1 && neighbours === 6);
  const core = largestComponents(
    maskWhere(grid, (index) => eroded[index] === 1),
    1,
  );
  const coreCells = Uint8Array.from(dense, (_, index) => (core.bits[index >>> 3] >>> (index & 7)) & 1);
  const grown = faceNeighbours(coreCells, grid, (own, neighbours) => own === 1 || neighbours > 0);
  const opened = maskWhere(grid, (index) => grown[index] === 1 && dense[index] === 1);
  return fillHoles(opened, 2);
}

/** A new value per cell from its own and the number of its six face neighbours that are set; beyond the grid none is. */
function faceNeighbours(
  cells: Uint8Array,
  { columns, rows, origins }: Grid,
  rule: (own: number, neighbours: number) => boolean,
): Uint8Array {
  const changed = new Uint8Array(cells.length);
  const level = columns * rows;
  for (let row = 0; row < rows * origins.length; row++) {
    const j = row % rows;
    for (let i = 0; i < columns; i++) {
      const at = row * columns + i;
      const inRow = (i > 0 ? cells[at - 1] : 0) + (i < columns - 1 ? cells[at + 1] : 0);
      const inLevel = (j > 0 ? cells[at - columns] : 0) + (j < rows - 1 ? cells[at + columns] : 0);
      const neighbours = inRow + inLevel + (cells[at - level] ?? 0) + (cells[at + level] ?? 0);
      if (rule(cells[at], neighbours)) changed[at] = 1;
    }
  }
  return changed;
}

/** The middle of the body in LPS x: the median, over the levels, of the middle between its right and left end. */
export function bodyMidPlaneXMm(volume: HounsfieldVolume): number | undefined {
  const { grid, body } = patientOverview(volume);
  const middles = levelSpans(body, 0).map(([low, high]) => grid.origins[0][0] + ((low + high) / 2) * CELL_MM);
  return middles.length === 0 ? undefined : median(middles);
}

/** Per level that has body: first and last column (axis 0) or row (axis 1) of it. */
export function levelSpans(body: Mask, axis: 0 | 1): readonly (readonly [number, number])[] {
  const { columns, rows, origins } = body.grid;
  return origins.flatMap((_, k): (readonly [number, number])[] => {
    let low = Infinity;
    let high = -Infinity;
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        if (!hasVoxel(body, i, j, k)) continue;
        const at = axis === 0 ? i : j;
        if (at < low) low = at;
        if (at > high) high = at;
      }
    }
    return low <= high ? [[low, high]] : [];
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
