/** What the positions of a sorted stack must fulfil to be a volume: no duplicates, no shear, no gaps, one spacing. */
import type { Grid } from './grid';
import type { GridProblem, GridTolerances } from './slice-geometry';
import { dot, length, scale, subtract } from './vectors';

/** The first problem of the positions of a grid whose origins ascend along its normal. */
export function checkPositions(grid: Grid, limits: GridTolerances): GridProblem | undefined {
  const heights = grid.origins.map((origin) => dot(subtract(origin, grid.origins[0]), grid.normal));
  return (
    checkDuplicates(grid, heights, limits) ??
    checkShear(grid, heights, limits) ??
    checkDistances(
      heights.slice(1).map((height, index) => height - heights[index]),
      limits,
    )
  );
}

function checkDuplicates(grid: Grid, heights: readonly number[], limits: GridTolerances): GridProblem | undefined {
  const pairs = heights.slice(1).filter((height, index) => height - heights[index] < limits.duplicateMm).length;
  if (pairs === 0) return undefined;
  return {
    problem: 'duplicatePosition',
    observed: { pairs, slices: grid.origins.length },
    sentence: `${pairs} of ${grid.origins.length} slices ${pairs === 1 ? 'lies' : 'lie'} at the position of another slice`,
  };
}

/** Gantry tilt seen in the geometry: the first pixels do not lie on one line along the normal. */
function checkShear(grid: Grid, heights: readonly number[], limits: GridTolerances): GridProblem | undefined {
  const shifts = grid.origins.map((origin, k) =>
    length(subtract(subtract(origin, grid.origins[0]), scale(grid.normal, heights[k]))),
  );
  const shiftMm = Math.max(...shifts);
  if (shiftMm <= limits.inPlaneShiftMm) return undefined;
  const degrees = (Math.atan2(shiftMm, heights[shifts.indexOf(shiftMm)]) * 180) / Math.PI;
  return {
    problem: 'gantryTilt',
    observed: { shiftMm, degrees },
    sentence: `the slices are shifted against each other by up to ${shiftMm.toFixed(2)} mm within their plane (${degrees.toFixed(1)} degrees)`,
  };
}

function checkDistances(distances: readonly number[], limits: GridTolerances): GridProblem | undefined {
  const ascending = [...distances].sort((a, b) => a - b);
  const median = ascending[Math.floor((ascending.length - 1) / 2)];
  const tolerance = Math.max(limits.spacingFraction * median, limits.spacingMm);
  const odd = distances.filter((distance) => Math.abs(distance - median) > tolerance);
  if (odd.length === 0) return undefined;
  const largest = ascending[ascending.length - 1];
  const steps = odd.map((distance) => Math.round(distance / median));
  const missing = steps.reduce((sum, step) => sum + step - 1, 0);
  if (odd.every((distance, index) => isMultiple(distance, steps[index], median, tolerance))) {
    return {
      problem: 'gap',
      observed: { medianMm: median, largestMm: largest, gaps: odd.length, missingSlices: missing },
      sentence: `${counted(missing, 'slice is', 'slices are')} missing in ${counted(odd.length, 'place', 'places')} (spacing ${median.toFixed(2)} mm, largest distance ${largest.toFixed(2)} mm)`,
    };
  }
  return {
    problem: 'nonUniformSpacing',
    observed: { medianMm: median, smallestMm: ascending[0], largestMm: largest },
    sentence: `the slice distances differ: ${ascending[0].toFixed(2)} to ${largest.toFixed(2)} mm (median ${median.toFixed(2)} mm)`,
  };
}

function isMultiple(distance: number, steps: number, median: number, tolerance: number): boolean {
  return steps >= 2 && Math.abs(distance - steps * median) <= tolerance * steps;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
