/** Where the voxel centres of a scan lie along its three own axes, in mm from index 0, and back from mm to (fractional) index. */
import { dot, Grid } from '@modelbank/geometry';
import { ScanAxis } from './orientation-code';

export interface AxisPositions {
  readonly count: number;
  /** Mean distance of neighbours; for a single slice the distance between columns stands in. */
  readonly spacingMm: number;
  /** Ascending; given only where the slices are not evenly spaced. */
  readonly unevenMm?: Float64Array;
}

/** A tenth of a micrometre per slice is rounding of decimal strings, not uneven spacing. */
const EVEN_TOLERANCE_MM = 1e-3;

export function axisPositions(grid: Grid, axis: ScanAxis): AxisPositions {
  if (axis === 0) return { count: grid.columns, spacingMm: grid.columnSpacingMm };
  if (axis === 1) return { count: grid.rows, spacingMm: grid.rowSpacingMm };
  const count = grid.origins.length;
  if (count < 2) return { count, spacingMm: grid.columnSpacingMm };
  const first = dot(grid.origins[0], grid.normal);
  const positions = Float64Array.from(grid.origins, (origin) => dot(origin, grid.normal) - first);
  const spacingMm = positions[count - 1] / (count - 1);
  const even = positions.every((position, index) => Math.abs(position - index * spacingMm) <= EVEN_TOLERANCE_MM);
  return even ? { count, spacingMm } : { count, spacingMm, unevenMm: positions };
}

/** Fractional index of a position; beyond the ends it goes on with the spacing at that end. */
export function indexAt(positions: AxisPositions, mm: number): number {
  const uneven = positions.unevenMm;
  if (uneven === undefined) return mm / positions.spacingMm;
  let low = 0;
  let high = positions.count - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (uneven[middle] <= mm) low = middle;
    else high = middle - 1;
  }
  return low + (mm - uneven[low]) / (uneven[low + 1] - uneven[low]);
}

/** Position in mm of a (fractional) index; the inverse of `indexAt`. */
export function positionAt(positions: AxisPositions, index: number): number {
  const uneven = positions.unevenMm;
  if (uneven === undefined) return index * positions.spacingMm;
  const low = Math.max(0, Math.min(positions.count - 2, Math.floor(index)));
  return uneven[low] + (index - low) * (uneven[low + 1] - uneven[low]);
}
