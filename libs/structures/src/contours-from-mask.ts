/**
 * Mask -> contours, exact, smooth and with few points: crack midpoints, closed Douglas-Peucker, three decimals, filled again and
 * compared. What this returns gives the very same mask when it is read (`maskFromContours`), for any orientation.
 */
import { patientBox, sliceBox, sliceRows, type Mask, type SliceBox, type SliceRows } from '@modelbank/geometry';
import { MAXIMUM_CONTOUR_POINTS, type HoleEncoding, type SliceContour } from './contour';
import { fillLoops } from './fill/fill-loops';
import { coordinateCharacters, loopToPoints, pointsToLoop } from './slice-plane';
import { StructureError } from './structure-error';
import { followCracks, type HalfPixelLoop } from './trace/follow-cracks';
import { joinHoles } from './trace/keyhole';
import { simplifyLoop } from './trace/simplify-loop';
import { splitLoop } from './trace/split-loop';

/** Tolerance of the first try; at 0.3536 pixels a centre could change its side. */
export const SIMPLIFICATION_PIXELS = 0.3;
/** Below this tolerance nothing is simplified any more: one last try with all points. */
const SMALLEST_SIMPLIFICATION_PIXELS = 0.01;
/** Largest value of an element with a 16-bit length (PS3.5 7.1.2). */
const MAXIMUM_VALUE_BYTES = 65534;

export interface ContourOptions {
  /** Default `xor`. */
  readonly holes?: HoleEncoding;
  /** SOP Instance UID of the image of each slice, written as the contour's image. */
  readonly sliceSopInstanceUids?: readonly string[];
  /** Default and most: 2000. */
  readonly maximumPoints?: number;
}

/** The contours of a mask, slice by slice. An empty mask has none. Throws CONTOURS_NOT_EXACT. */
export function contoursFromMask(mask: Mask, options: ContourOptions = {}): SliceContour[] {
  const holes = options.holes ?? 'xor';
  const maximumPoints = largestContour(mask, options.maximumPoints ?? MAXIMUM_CONTOUR_POINTS);
  const contours: SliceContour[] = [];
  for (let k = 0; k < mask.grid.origins.length; k++) {
    const slice = sliceRows(mask, k);
    const box = sliceBox(slice);
    if (!box) continue;
    const referencedSopInstanceUid = options.sliceSopInstanceUids?.[k];
    for (const points of sliceContours(mask, k, slice, box, holes, maximumPoints)) {
      contours.push({ geometricType: 'CLOSED_PLANAR', points, sliceIndex: k, referencedSopInstanceUid });
    }
  }
  return contours;
}

function sliceContours(
  mask: Mask,
  k: number,
  slice: SliceRows,
  box: SliceBox,
  holes: HoleEncoding,
  maximumPoints: number,
): Float64Array[] {
  const cracks = followCracks(slice, box);
  let tolerance = SIMPLIFICATION_PIXELS;
  for (;;) {
    const contours = polygonsOf(cracks, tolerance, holes, maximumPoints).map((loop) =>
      loopToPoints(mask.grid, k, loop),
    );
    if (givesBack(mask, k, slice, contours)) return contours;
    if (tolerance === 0) {
      throw new StructureError('CONTOURS_NOT_EXACT', `slice ${k}: pixels are too small for coordinates of 0.001 mm`);
    }
    tolerance = tolerance < SMALLEST_SIMPLIFICATION_PIXELS ? 0 : tolerance / 2;
  }
}

function polygonsOf(cracks: readonly HalfPixelLoop[], tolerance: number, holes: HoleEncoding, maximumPoints: number) {
  const loops = cracks.map((loop) => simplifyLoop(loop, tolerance));
  const polygons = holes === 'keyhole' ? joinHoles(loops) : loops;
  return polygons.flatMap((loop) => splitLoop(loop, maximumPoints));
}

function givesBack(mask: Mask, k: number, slice: SliceRows, contours: readonly Float64Array[]): boolean {
  if (contours.some((points) => points.length < 9)) return false;
  const loops = contours.map((points) => pointsToLoop(mask.grid, k, points));
  const filled = fillLoops(loops, slice.columns, slice.rows).words;
  const wanted = slice.words;
  for (let at = 0; at < wanted.length; at++) if (filled[at] !== wanted[at]) return false;
  return true;
}

/** Fewer points than asked for where the coordinates are so long that they would not fit the element. */
function largestContour(mask: Mask, maximumPoints: number): number {
  const { lowest, highest } = patientBox(mask.grid);
  const bytesPerPoint = 3 * (coordinateCharacters(lowest, highest) + 1);
  return Math.max(4, Math.min(maximumPoints, MAXIMUM_CONTOUR_POINTS, Math.floor(MAXIMUM_VALUE_BYTES / bytesPerPoint)));
}
