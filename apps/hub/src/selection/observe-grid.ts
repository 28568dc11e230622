/** The numbers that selection rules ask of a grid. */
import { classifyOrientation, patientExtentMm, sliceHeightsMm } from '@modelbank/geometry';
import type { Grid } from '@modelbank/geometry';
import type { ObservedGrid } from '@modelbank/registry';

export function observeGrid(grid: Grid): ObservedGrid {
  const heights = sliceHeightsMm(grid);
  const spacings = heights.slice(1).map((height, index) => height - heights[index]);
  return {
    slices: grid.origins.length,
    sliceSpacingMm:
      spacings.length === 0
        ? undefined
        : { min: spacings.reduce((a, b) => Math.min(a, b)), max: spacings.reduce((a, b) => Math.max(a, b)) },
    pixelSpacingMm: {
      min: Math.min(grid.columnSpacingMm, grid.rowSpacingMm),
      max: Math.max(grid.columnSpacingMm, grid.rowSpacingMm),
    },
    extentMm: patientExtentMm(grid),
    orientation: classifyOrientation(grid),
  };
}
