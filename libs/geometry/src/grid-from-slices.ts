/**
 * Builds the grid of a stack of slices, or says why the slices are no regular volume (PS3.3 C.7.6.2.1.1). A stack that is
 * not regular is never repaired here: a wrong guess would move contours in the patient.
 */
import type { Grid } from './grid';
import { GRID_TOLERANCES, type GridProblem, type GridTolerances, type SliceGeometry } from './slice-geometry';
import { checkPlanes, type CompleteSlice } from './slice-planes';
import { checkPositions } from './slice-positions';
import { cross, dot, normalise, scale, subtract } from './vectors';

export interface GridFound {
  readonly problem?: undefined;
  readonly grid: Grid;
  /** For each slice of the grid, ascending, its index in the slices given. */
  readonly order: readonly number[];
}

export type GridResult = GridFound | GridProblem;

/**
 * The grid of slices given in any order, or the first problem that makes them no regular volume. `tolerances` overrides
 * single values of `GRID_TOLERANCES`.
 */
export function gridFromSlices(slices: readonly SliceGeometry[], tolerances: Partial<GridTolerances> = {}): GridResult {
  const limits = { ...GRID_TOLERANCES, ...tolerances };
  const planes = checkPlanes(slices, limits);
  return 'problem' in planes ? planes : stackOf(planes, limits);
}

function stackOf(planes: readonly CompleteSlice[], limits: GridTolerances): GridResult {
  const { rowDirection, columnDirection, normal } = axesOf(planes[0]);
  const heights = planes.map((plane) => dot(subtract(plane.position, planes[0].position), normal));
  const order = planes.map((_, index) => index).sort((a, b) => heights[a] - heights[b]);
  const origins = order.map((index) => planes[index].position);
  const grid: Grid = {
    columns: planes[0].columns,
    rows: planes[0].rows,
    rowDirection,
    columnDirection,
    normal,
    columnSpacingMm: planes[0].columnSpacingMm,
    rowSpacingMm: planes[0].rowSpacingMm,
    origins,
  };
  return checkPositions(grid, limits) ?? { grid, order };
}

/** Exactly orthonormal directions from cosines that were rounded in the header. */
function axesOf(plane: CompleteSlice): Pick<Grid, 'rowDirection' | 'columnDirection' | 'normal'> {
  const rowDirection = normalise(plane.rowDirection);
  const along = dot(plane.columnDirection, rowDirection);
  const columnDirection = normalise(subtract(plane.columnDirection, scale(rowDirection, along)));
  return { rowDirection, columnDirection, normal: normalise(cross(rowDirection, columnDirection)) };
}
