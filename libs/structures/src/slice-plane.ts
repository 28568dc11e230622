/** Between the plane of one slice (pixel units) and the patient (LPS mm, three decimals as the text of ContourData holds them). */
import { dot, voxelToPatient, type Grid, type Vec3 } from '@modelbank/geometry';
import type { Loop } from './trace/loop';

/** ContourData is written with 0.001 mm: far below a pixel, and short enough for DS and for old planning systems. */
const STEPS_PER_MM = 1000;

/** Patient coordinates of a loop, rounded to 0.001 mm; points that fall together become one. */
export function loopToPoints(grid: Grid, k: number, loop: Loop): Float64Array {
  const origin = voxelToPatient(grid, [0, 0, k]);
  const { rowDirection, columnDirection, columnSpacingMm, rowSpacingMm } = grid;
  const points = new Float64Array((loop.length / 2) * 3);
  let length = 0;
  for (let at = 0; at < loop.length; at += 2) {
    const x = loop[at] * columnSpacingMm;
    const y = loop[at + 1] * rowSpacingMm;
    for (let axis = 0; axis < 3; axis++) {
      points[length + axis] = rounded(origin[axis] + x * rowDirection[axis] + y * columnDirection[axis]);
    }
    if (length === 0 || !samePoint(points, length - 3, length)) length += 3;
  }
  if (length > 3 && samePoint(points, 0, length - 3)) length -= 3;
  return points.subarray(0, length);
}

/** The contour's points, projected on the plane of slice k, in pixel units. */
export function pointsToLoop(grid: Grid, k: number, points: Float64Array): Loop {
  const origin = voxelToPatient(grid, [0, 0, k]);
  const [ux, uy, uz] = grid.rowDirection.map((cosine) => cosine / grid.columnSpacingMm);
  const [vx, vy, vz] = grid.columnDirection.map((cosine) => cosine / grid.rowSpacingMm);
  const loop = new Float64Array((points.length / 3) * 2);
  for (let from = 0, to = 0; from + 2 < points.length; from += 3, to += 2) {
    const x = points[from] - origin[0];
    const y = points[from + 1] - origin[1];
    const z = points[from + 2] - origin[2];
    loop[to] = x * ux + y * uy + z * uz;
    loop[to + 1] = x * vx + y * vy + z * vz;
  }
  return loop;
}

/** Heights (mm along the normal, from the first slice) between which the points lie. */
export function heightRange(grid: Grid, points: Float64Array): { lowest: number; highest: number; mean: number } {
  const { normal, origins } = grid;
  const base = dot(origins[0], normal);
  let lowest = Infinity;
  let highest = -Infinity;
  let sum = 0;
  for (let at = 0; at + 2 < points.length; at += 3) {
    const height = points[at] * normal[0] + points[at + 1] * normal[1] + points[at + 2] * normal[2] - base;
    lowest = Math.min(lowest, height);
    highest = Math.max(highest, height);
    sum += height;
  }
  return { lowest, highest, mean: sum / (points.length / 3) };
}

/** Most characters of one coordinate of this grid as text, sign and three decimals included. */
export function coordinateCharacters(lowest: Vec3, highest: Vec3): number {
  const largest = Math.max(...lowest.map(Math.abs), ...highest.map(Math.abs));
  return Math.floor(largest).toString().length + '-.000'.length;
}

function rounded(value: number): number {
  return Math.round(value * STEPS_PER_MM) / STEPS_PER_MM + 0;
}

function samePoint(points: Float64Array, a: number, b: number): boolean {
  return points[a] === points[b] && points[a + 1] === points[b + 1] && points[a + 2] === points[b + 2];
}
