/** Contours as an RTSTRUCT holds them (PS3.3 C.8.8.6): planar polygons in the patient (LPS, mm). */

/** Most points of one contour that we write: more would not fit the 65534 bytes of ContourData in Explicit VR. */
export const MAXIMUM_CONTOUR_POINTS = 2000;

export interface Contour {
  /** CLOSED_PLANAR, or what else the sender wrote: POINT, OPEN_PLANAR, OPEN_NONPLANAR, CLOSEDPLANAR_XOR. */
  readonly geometricType: string;
  /** x, y, z of each point in mm; the first point is not repeated at the end. */
  readonly points: Float64Array;
  /** The image that the contour was drawn on, where it says so. */
  readonly referencedSopInstanceUid?: string;
}

/** A contour of one slice of a grid. */
export interface SliceContour extends Contour {
  /** Index of the slice in the grid. */
  readonly sliceIndex: number;
}

/**
 * How a hole is written: `xor` as a contour of its own with the opposite winding, `keyhole` as part of the outer contour,
 * joined by a bridge that is walked twice. Readers differ; the destination decides.
 */
export type HoleEncoding = 'xor' | 'keyhole';

/** Whether the contour bounds an area; points and open lines are no volume. */
export function isClosed(contour: Contour): boolean {
  return contour.geometricType === 'CLOSED_PLANAR' || contour.geometricType === 'CLOSEDPLANAR_XOR';
}
