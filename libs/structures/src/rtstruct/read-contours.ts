/** The contours of one ROI Contour item (PS3.3 C.8.8.6): every coordinate a number, three of them a point. */
import type { ReadableDataSet } from '@modelbank/dicom';
import type { Contour } from '../contour';
import { StructureError } from '../structure-error';
import { contourCoordinates } from './contour-data';

/** Points that may still be read from this object. */
export interface PointBudget {
  left: number;
}

/** All contours of an item. Throws STRUCTURE_SET_UNREADABLE with the contour's place, counted from one. */
export function readContours(roiNumber: number, item: ReadableDataSet, budget: PointBudget): Contour[] {
  return item.items('ContourSequence').map((contour, index) => ({
    geometricType: contour.text('ContourGeometricType') ?? '',
    points: readPoints(contour, `ROI ${roiNumber}, contour ${index + 1}`, budget),
    referencedSopInstanceUid: contour.items('ContourImageSequence')[0]?.text('ReferencedSOPInstanceUID'),
  }));
}

function readPoints(contour: ReadableDataSet, place: string, budget: PointBudget): Float64Array {
  const points = contourCoordinates(contour);
  if (points.length % 3 !== 0) {
    throw new StructureError('STRUCTURE_SET_UNREADABLE', `${place}: ${points.length} coordinates are not whole points`);
  }
  budget.left -= points.length / 3;
  if (budget.left < 0) throw new StructureError('STRUCTURE_SET_UNREADABLE', 'the object has too many contour points');
  if (!points.every(Number.isFinite)) {
    throw new StructureError('STRUCTURE_SET_UNREADABLE', `${place}: a coordinate is not a number`);
  }
  return withoutRepeatedPoints(points);
}

/** Points equal to the one before them, and a last point equal to the first, add nothing to a closed contour. */
function withoutRepeatedPoints(points: Float64Array): Float64Array {
  const kept = new Float64Array(points.length);
  let length = 0;
  for (let at = 0; at < points.length; at += 3) {
    if (length > 0 && isSame(kept, length - 3, points, at)) continue;
    for (let axis = 0; axis < 3; axis++) kept[length + axis] = points[at + axis];
    length += 3;
  }
  while (length > 3 && isSame(kept, 0, kept, length - 3)) length -= 3;
  return kept.subarray(0, length);
}

function isSame(a: Float64Array, atA: number, b: Float64Array, atB: number): boolean {
  return a[atA] === b[atB] && a[atA + 1] === b[atB + 1] && a[atA + 2] === b[atB + 2];
}
