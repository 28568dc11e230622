/** The contours of an object: whole points, planar, each in the plane of the image that it refers to. */
import type { ReadableDataSet } from '@modelbank/dicom';
import { sliceHeightsMm } from '@modelbank/geometry';
import { contourCoordinates } from '../rtstruct/contour-data';
import { heightRange } from '../slice-plane';
import type { StructureSetExpectation } from './expectation';
import { problem, type StructureSetProblem } from './problem';

/** Our coordinates are rounded to 0.001 mm; a contour farther off its plane than this was not written by us. */
const OUTPUT_PLANE_TOLERANCE_MM = 0.01;
const LONGEST_DECIMAL_STRING = 16;
const LONGEST_CONTOUR_DATA = 65534;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

interface Images {
  readonly expected: StructureSetExpectation;
  /** Height along the normal, by SOP Instance UID. */
  readonly heights: ReadonlyMap<string, number>;
}

export function checkContours(dataSet: ReadableDataSet, expected: StructureSetExpectation): StructureSetProblem[] {
  const sliceHeights = sliceHeightsMm(expected.grid);
  const heights = new Map(expected.sliceSopInstanceUids.map((uid, k) => [uid, sliceHeights[k]]));
  return dataSet.items('ROIContourSequence').flatMap((item) => {
    const roi = `ROI ${item.number('ReferencedROINumber')}`;
    const contours = item.items('ContourSequence');
    if (item.has('ContourSequence') && contours.length === 0) {
      return [problem('emptyContourSequence', roi, 'an ROI without contours must have no ContourSequence')];
    }
    return contours.flatMap((contour, index) =>
      checkContour(contour, `${roi}, contour ${index + 1}`, { expected, heights }),
    );
  });
}

function checkContour(contour: ReadableDataSet, where: string, images: Images): StructureSetProblem[] {
  const problems = checkEncoding(contour, where);
  const points = contourCoordinates(contour);
  if (!points.every(Number.isFinite)) {
    return [...problems, problem('notANumber', where, 'a coordinate is not a number')];
  }
  if (points.length % 3 !== 0) {
    return [...problems, problem('contourDataLength', where, `${points.length} coordinates are not whole points`)];
  }
  return [...problems, ...checkPoints(contour, points, where), ...checkPlane(contour, points, where, images)];
}

function checkEncoding(contour: ReadableDataSet, where: string): StructureSetProblem[] {
  const problems: StructureSetProblem[] = [];
  if (contour.text('ContourGeometricType') !== 'CLOSED_PLANAR') {
    problems.push(problem('notClosedPlanar', where, 'its type is not CLOSED_PLANAR'));
  }
  const bytes = contour.bytes('ContourData') ?? new Uint8Array(0);
  if (bytes.length > LONGEST_CONTOUR_DATA) {
    problems.push(problem('contourDataTooLong', where, `ContourData has ${bytes.length} bytes`));
  }
  if (lastCharacter(bytes) === BACKSLASH) {
    problems.push(problem('contourDataLength', where, 'ContourData ends with an empty value'));
  }
  const longest = longestValue(bytes);
  if (longest > LONGEST_DECIMAL_STRING) {
    problems.push(problem('longDecimalString', where, `a coordinate has ${longest} characters`));
  }
  return problems;
}

function lastCharacter(bytes: Uint8Array): number | undefined {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === SPACE) end--;
  return bytes[end - 1];
}

/** Characters of the longest value, padding spaces at its end not counted. */
function longestValue(bytes: Uint8Array): number {
  let longest = 0;
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== BACKSLASH) continue;
    let end = at;
    while (end > start && bytes[end - 1] === SPACE) end--;
    longest = Math.max(longest, end - start);
    start = at + 1;
  }
  return longest;
}

function checkPoints(contour: ReadableDataSet, points: Float64Array, where: string): StructureSetProblem[] {
  const problems: StructureSetProblem[] = [];
  const count = points.length / 3;
  const stated = contour.number('NumberOfContourPoints');
  if (stated !== count) {
    problems.push(problem('pointCountMismatch', where, `states ${stated} points and has ${count}`));
  }
  if (count < 3) problems.push(problem('tooFewPoints', where, `has ${count} points`));
  const last = points.length - 3;
  if (count > 1 && points[0] === points[last] && points[1] === points[last + 1] && points[2] === points[last + 2]) {
    problems.push(problem('firstPointRepeated', where, 'its first point is repeated at the end'));
  }
  return problems;
}

function checkPlane(
  contour: ReadableDataSet,
  points: Float64Array,
  where: string,
  { expected, heights }: Images,
): StructureSetProblem[] {
  const image = contour.items('ContourImageSequence')[0]?.text('ReferencedSOPInstanceUID');
  if (image === undefined) return [problem('contourWithoutImage', where, 'refers to no image')];
  const height = heights.get(image);
  if (height === undefined) {
    return [problem('unlistedImage', where, 'refers to an image that is not one of the series')];
  }
  if (points.length === 0) return [];
  const { lowest, highest } = heightRange(expected.grid, points);
  if (highest - lowest > OUTPUT_PLANE_TOLERANCE_MM) {
    return [problem('nonPlanarContour', where, `its points are ${(highest - lowest).toFixed(3)} mm apart in height`)];
  }
  const off = Math.max(Math.abs(lowest - height), Math.abs(highest - height));
  if (off <= OUTPUT_PLANE_TOLERANCE_MM) return [];
  return [problem('offPlaneContour', where, `lies ${off.toFixed(3)} mm off the plane of its image`)];
}
