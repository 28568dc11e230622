/** Closed polygons in the plane of a slice, in pixel units: the forms between cracks and contours. */

/** (column, row) pairs; pixel centres have whole coordinates; the first point is not repeated. */
export type Loop = Float64Array;

/** Twice the signed area: positive for outer loops (clockwise on the screen, where rows grow downwards). */
export function doubledArea(loop: Loop): number {
  let sum = 0;
  let previousX = loop[loop.length - 2];
  let previousY = loop[loop.length - 1];
  for (let at = 0; at < loop.length; at += 2) {
    sum += previousX * loop[at + 1] - loop[at] * previousY;
    previousX = loop[at];
    previousY = loop[at + 1];
  }
  return sum;
}
