/**
 * Contours -> mask by the normative rule: pixel centre in polygon, even-odd, XOR of all closed contours of a plane; nothing is
 * interpolated between planes. What is odd comes back as warnings by name.
 */
import { addSliceRows, createMask, GRID_TOLERANCES, sliceHeightsMm, type Grid, type Mask } from '@modelbank/geometry';
import type { Contour } from './contour';
import { assignPlanes, PLANE_TOLERANCE_MM, warningOf } from './contour-planes';
import type { ContourWarning } from './contour-warning';
import { fillLoops } from './fill/fill-loops';
import { anyOverlap } from './fill/overlap';
import { pointsToLoop } from './slice-plane';
import type { Loop } from './trace/loop';

export interface MaskFromContours {
  readonly mask: Mask;
  readonly warnings: readonly ContourWarning[];
}

/** The mask of one ROI's contours on a grid. The contours must be in the grid's own frame of reference. */
export function maskFromContours(grid: Grid, contours: readonly Contour[]): MaskFromContours {
  const mask = createMask(grid);
  const assigned = assignPlanes(grid, contours);
  const outside = new Set<number>();
  const overlapping = new Set<number>();
  for (const [k, planeContours] of assigned.bySlice) {
    const loops = planeContours.map((contour) => pointsToLoop(grid, k, contour.points));
    addSliceRows(mask, k, fillLoops(loops, grid.columns, grid.rows));
    if (loops.some((loop) => leavesImage(grid, loop))) outside.add(k);
    if (anyOverlap(loops)) overlapping.add(k);
  }
  return {
    mask,
    warnings: [
      ...assigned.warnings,
      ...warningOf('contour_outside_image', outside, 'contours leave the image and are cut at its edge'),
      ...warningOf('overlapping_contours', overlapping, 'contours of one plane overlap; their overlap does not count'),
      ...warningOf('gap_between_slices', gaps(assigned.bySlice), 'slices between contours have none'),
      ...spacingWarning(grid, assigned.bySlice.size),
    ],
  };
}

/** Beyond the outer edges of the outermost pixels by more than the tolerance of planes. */
function leavesImage(grid: Grid, loop: Loop): boolean {
  const beyondColumns = 0.5 + PLANE_TOLERANCE_MM / grid.columnSpacingMm;
  const beyondRows = 0.5 + PLANE_TOLERANCE_MM / grid.rowSpacingMm;
  for (let at = 0; at < loop.length; at += 2) {
    if (loop[at] < -beyondColumns || loop[at] > grid.columns - 1 + beyondColumns) return true;
    if (loop[at + 1] < -beyondRows || loop[at + 1] > grid.rows - 1 + beyondRows) return true;
  }
  return false;
}

function gaps(bySlice: ReadonlyMap<number, unknown>): Set<number> {
  const missing = new Set<number>();
  if (bySlice.size === 0) return missing;
  const slices = [...bySlice.keys()];
  const last = Math.max(...slices);
  for (let k = Math.min(...slices); k < last; k++) if (!bySlice.has(k)) missing.add(k);
  return missing;
}

function spacingWarning(grid: Grid, slicesWithContours: number): readonly ContourWarning[] {
  const heights = sliceHeightsMm(grid);
  if (slicesWithContours === 0 || heights.length < 3) return [];
  const distances = heights.slice(1).map((height, index) => height - heights[index]);
  const smallest = Math.min(...distances);
  const largest = Math.max(...distances);
  if (largest - smallest <= Math.max(GRID_TOLERANCES.spacingMm, GRID_TOLERANCES.spacingFraction * largest)) return [];
  const sentence = `the slice distances differ: ${smallest.toFixed(2)} to ${largest.toFixed(2)} mm`;
  return [{ name: 'nonuniform_slice_spacing', slices: [], sentence }];
}
