/** Between voxel indices and the patient (LPS, mm), and how a grid lies in the patient (PS3.3 C.7.6.2.1.1). */
import type { Grid, Vec3 } from './grid';
import { add, dot, interpolate, scale, subtract } from './vectors';
import { GeometryError } from './geometry-error';

export type GridOrientation = 'axial' | 'coronal' | 'sagittal' | 'oblique';

/** A grid whose normal lies nearer than this to an axis of the patient is named after that axis' plane. */
export const OBLIQUE_FROM_DEGREES = 10;

/** The plane that the slices lie in: axial, coronal or sagittal up to 10 degrees, else oblique. */
export function classifyOrientation(grid: Grid): GridOrientation {
  const threshold = Math.cos((OBLIQUE_FROM_DEGREES * Math.PI) / 180);
  const names = ['sagittal', 'coronal', 'axial'] as const;
  const axis = grid.normal.findIndex((cosine) => Math.abs(cosine) >= threshold);
  return axis < 0 ? 'oblique' : names[axis];
}

/** Patient position (LPS, mm) of a voxel index (i, j, k); fractions and indices outside the grid are allowed. */
export function voxelToPatient(grid: Grid, index: Vec3): Vec3 {
  const alongRow = scale(grid.rowDirection, index[0] * grid.columnSpacingMm);
  const alongColumn = scale(grid.columnDirection, index[1] * grid.rowSpacingMm);
  return add(sliceOrigin(grid, index[2]), add(alongRow, alongColumn));
}

/** Voxel index (i, j, k), with fractions, of a patient position; outside the stack the end distances go on. */
export function patientToVoxel(grid: Grid, position: Vec3): Vec3 {
  const k = sliceIndexAt(grid, position);
  const offset = subtract(position, sliceOrigin(grid, k));
  return [
    dot(offset, grid.rowDirection) / grid.columnSpacingMm,
    dot(offset, grid.columnDirection) / grid.rowSpacingMm,
    k,
  ];
}

/** Height of each slice along the normal, in mm, from the first slice. */
export function sliceHeightsMm(grid: Grid): readonly number[] {
  return grid.origins.map((origin) => heightMm(grid, origin));
}

/** Height of a patient position along the normal, in mm, from the first slice. */
export function heightMm(grid: Grid, position: Vec3): number {
  return dot(subtract(position, grid.origins[0]), grid.normal);
}

/** Extent of the grid along the patient's axes, in mm: the box around all voxels, their edges included. */
export function patientExtentMm(grid: Grid): {
  readonly leftRight: number;
  readonly anteriorPosterior: number;
  readonly craniocaudal: number;
} {
  const { lowest, highest } = patientBox(grid);
  const [leftRight, anteriorPosterior, craniocaudal] = subtract(highest, lowest);
  return { leftRight, anteriorPosterior, craniocaudal };
}

/** Lowest and highest patient coordinates of the grid, voxel edges included. */
export function patientBox(grid: Grid): { readonly lowest: Vec3; readonly highest: Vec3 } {
  const lastSlice = grid.origins.length - 0.5;
  const corners = [-0.5, grid.columns - 0.5].flatMap((i) =>
    [-0.5, grid.rows - 0.5].flatMap((j) => [-0.5, lastSlice].map((k) => voxelToPatient(grid, [i, j, k]))),
  );
  const along = (axis: 0 | 1 | 2): number[] => corners.map((corner) => corner[axis]);
  return {
    lowest: [Math.min(...along(0)), Math.min(...along(1)), Math.min(...along(2))],
    highest: [Math.max(...along(0)), Math.max(...along(1)), Math.max(...along(2))],
  };
}

function sliceOrigin(grid: Grid, k: number): Vec3 {
  const { origins } = grid;
  if (origins.length === 0) throw new GeometryError('a grid without slices has no positions');
  if (origins.length === 1) return add(origins[0], scale(grid.normal, k));
  const below = Math.min(Math.max(Math.floor(k), 0), origins.length - 2);
  return k === below ? origins[below] : interpolate(origins[below], origins[below + 1], k - below);
}

/** A grid of one slice has no slice distance: its index k counts mm. */
function sliceIndexAt(grid: Grid, position: Vec3): number {
  const height = heightMm(grid, position);
  const heights = sliceHeightsMm(grid);
  if (heights.length < 2) return height;
  let low = 0;
  let high = heights.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (heights[middle] <= height) low = middle;
    else high = middle;
  }
  return low + (height - heights[low]) / (heights[high] - heights[low]);
}
