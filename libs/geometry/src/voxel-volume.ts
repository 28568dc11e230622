/**
 * The volume rule: pixels x pixel area x slab, where a slab is half the distance to both neighbours and, for the end
 * slices, the full distance to the one neighbour.
 */
import { GeometryError } from './geometry-error';
import type { Grid } from './grid';
import { heightMm } from './patient-space';

export function pixelAreaMm2(grid: Grid): number {
  return grid.columnSpacingMm * grid.rowSpacingMm;
}

/** Thickness in mm that slice k stands for. A grid of one slice has none. */
export function slabThicknessMm(grid: Grid, k: number): number {
  const last = grid.origins.length - 1;
  if (last < 1) throw new GeometryError('a grid of fewer than two slices has no slab thickness');
  if (!Number.isInteger(k) || k < 0 || k > last) throw new GeometryError(`slice ${k} is outside the grid`);
  const below = k === 0 ? 0 : k - 1;
  const above = k === last ? last : k + 1;
  return (heightMm(grid, grid.origins[above]) - heightMm(grid, grid.origins[below])) / (above - below);
}

/** Volume in mm3 of each voxel of slice k. */
export function voxelVolumeMm3(grid: Grid, k: number): number {
  return pixelAreaMm2(grid) * slabThicknessMm(grid, k);
}
