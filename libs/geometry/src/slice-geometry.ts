/** What a slice states about its plane, what counts as a regular stack, and the closed list of what can be wrong with one. */
import type { Vec3 } from './grid';

/** The plane of one slice as its header states it. */
export interface SliceGeometry {
  /** LPS mm. */
  readonly imagePositionPatient?: Vec3;
  /** Row direction, then column direction. */
  readonly imageOrientationPatient?: readonly [number, number, number, number, number, number];
  /** Between rows, between columns. */
  readonly pixelSpacingMm?: readonly [number, number];
  readonly rows?: number;
  readonly columns?: number;
  /** GantryDetectorTilt in degrees. */
  readonly gantryTilt?: number;
}

export interface GridTolerances {
  /** Largest deviation of a slice distance from the median distance, as a fraction of it... */
  readonly spacingFraction: number;
  /** ... or in mm, whichever of the two is larger. */
  readonly spacingMm: number;
  /** Largest difference of any direction cosine between slices, and from orthonormal directions. */
  readonly orientation: number;
  /** Largest shift, within the plane, of a slice's first pixel from the line along the normal. */
  readonly inPlaneShiftMm: number;
  /** Largest difference of PixelSpacing between slices. */
  readonly pixelSpacingMm: number;
  /** Slices nearer than this lie at the same position. */
  readonly duplicateMm: number;
  /** A stated gantry tilt up to this is none. */
  readonly gantryTiltDegrees: number;
}

/**
 * What counts as regular: slice distances within 1 % or 0.05 mm of their median, direction cosines within 1e-3, shifts in the
 * plane up to 0.1 mm, PixelSpacing within 0.001 mm, slices at least 0.01 mm apart, a stated gantry tilt of at most 0.1 degrees.
 */
export const GRID_TOLERANCES: GridTolerances = {
  spacingFraction: 0.01,
  spacingMm: 0.05,
  orientation: 1e-3,
  inPlaneShiftMm: 0.1,
  pixelSpacingMm: 0.001,
  duplicateMm: 0.01,
  gantryTiltDegrees: 0.1,
};

/** Fewer slices have no slice distance, hence no volume. */
export const MINIMUM_SLICES = 2;

export type GridProblemCode =
  | 'missingGeometry'
  | 'nonOrthonormal'
  | 'mixedOrientations'
  | 'mixedSizes'
  | 'mixedSpacing'
  | 'tooFewSlices'
  | 'gantryTilt'
  | 'duplicatePosition'
  | 'gap'
  | 'nonUniformSpacing';

export interface GridProblem {
  readonly grid?: undefined;
  readonly order?: undefined;
  readonly problem: GridProblemCode;
  /** The numbers that decided, by name. */
  readonly observed: Readonly<Record<string, number>>;
  /** The same for people; numbers only, never text of the sender. */
  readonly sentence: string;
}
