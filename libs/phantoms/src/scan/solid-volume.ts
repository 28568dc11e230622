/**
 * The volume of a solid inside a scan: the integral of its exact stretches over parallel lines about 0.75 mm apart. It is within
 * 0.1 % of closed formulas (see the tests); voxels and thresholds play no part in it.
 */
import { add, Grid, scale, Vec3 } from '@modelbank/geometry';
import { intersect, totalLength } from '../solids/intervals';
import { intervalsOf, Solid } from '../solids/solid';
import { sliceSpacingMm } from './scan-grid';

const PITCH_MM = 0.75;

/** What of the solid lies within the outer faces of the scan's voxels, in ml. */
export function solidVolumeMl(solid: Solid, grid: Grid): number {
  const thicknessMm = sliceSpacingMm(grid);
  const down = linesAcross(grid.rows * grid.rowSpacingMm);
  const up = linesAcross(grid.origins.length * thicknessMm);
  const width = [0, grid.columns * grid.columnSpacingMm];
  const corner = cornerOf(grid, thicknessMm);
  let lengthMm = 0;
  for (let b = 0; b < up.count; b++) {
    for (let a = 0; a < down.count; a++) {
      const rise = scale(grid.normal, (b + spread(a)) * up.pitchMm);
      const fall = scale(grid.columnDirection, (a + spread(b)) * down.pitchMm);
      const point = add(corner, add(rise, fall));
      lengthMm += totalLength(intersect(intervalsOf(solid, { point, direction: grid.rowDirection }), width));
    }
  }
  return (lengthMm * down.pitchMm * up.pitchMm) / 1000;
}

/** Evenly spread parts of a cell: flat faces along the scan's axes then fall between lines as often as their place asks for. */
function spread(index: number): number {
  return (index * 0.6180339887498949 + 0.5) % 1;
}

function linesAcross(extentMm: number): { readonly count: number; readonly pitchMm: number } {
  const count = Math.ceil(extentMm / PITCH_MM);
  return { count, pitchMm: extentMm / count };
}

/** The outer corner of the first voxel. */
function cornerOf(grid: Grid, thicknessMm: number): Vec3 {
  return [
    scale(grid.rowDirection, -grid.columnSpacingMm / 2),
    scale(grid.columnDirection, -grid.rowSpacingMm / 2),
    scale(grid.normal, -thicknessMm / 2),
  ].reduce(add, grid.origins[0]);
}
