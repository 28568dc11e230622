/**
 * The contours of a structure set that lie on one image, in its pixels: an image that the contour names, else (PS3.3 C.8.8.6 leaves the
 * reference optional) the plane that it lies in, of the same frame of reference. Any orientation of the image.
 */
import type { Grid } from '@modelbank/geometry';
import { isClosed, type Contour } from './contour';
import { heightRange, pointsToLoop } from './slice-plane';
import type { ReadStructureSet } from './structure-set';
import type { Loop } from './trace/loop';

export interface ImagePlane {
  readonly sopInstanceUid: string;
  readonly frameOfReferenceUid?: string;
  /** One slice. */
  readonly grid: Grid;
  /** SliceThickness, or what else says how far the image's plane reaches. */
  readonly thicknessMm?: number;
}

export interface RoiOnImage {
  readonly number: number;
  readonly name: string;
  readonly color?: readonly [number, number, number];
  /** Closed polygons, (column, row) pairs. */
  readonly loops: readonly Loop[];
}

/** Without a thickness only contours in the plane itself count. */
const IN_PLANE_MM = 0.1;
/** A contour that is tilted against the image more than this is no outline on it. */
const TILT_MM = 1;

/** ROIs that have contours on the image, in the order of the set. */
export function contoursOnImage(set: ReadStructureSet, image: ImagePlane): RoiOnImage[] {
  const sameFrame = (uid: string | undefined) => uid === undefined || uid === image.frameOfReferenceUid;
  return set.rois
    .map(({ number, name, color, frameOfReferenceUid, contours }) => {
      const reachable = sameFrame(frameOfReferenceUid ?? set.frameOfReferenceUid);
      const own = contours.filter((contour) => isOnImage(contour, image, reachable));
      return { number, name, color, loops: own.map(({ points }) => pointsToLoop(image.grid, 0, points)) };
    })
    .filter(({ loops }) => loops.length > 0);
}

function isOnImage(contour: Contour, image: ImagePlane, sameFrameOfReference: boolean): boolean {
  if (!isClosed(contour) || contour.points.length < 9) return false;
  if (contour.referencedSopInstanceUid !== undefined) return contour.referencedSopInstanceUid === image.sopInstanceUid;
  if (!sameFrameOfReference) return false;
  const { lowest, highest, mean } = heightRange(image.grid, contour.points);
  const reach = Math.max(IN_PLANE_MM, (image.thicknessMm ?? 0) / 2 - 1e-3);
  return highest - lowest <= TILT_MM && Math.abs(mean) <= reach;
}
