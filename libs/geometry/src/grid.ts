/**
 * The grid of a volume: where each pixel centre lies in the patient (LPS, mm), as PS3.3 C.7.6.2.1.1 defines it.
 * Slices are in ascending order along the normal; their spacing need not be uniform.
 */

export type Vec3 = readonly [number, number, number];

export interface Grid {
  /** Number of columns (image x, index i). */
  readonly columns: number;
  /** Number of rows (image y, index j). */
  readonly rows: number;
  /** Unit vector along which the column index grows: ImageOrientationPatient[0..2]. */
  readonly rowDirection: Vec3;
  /** Unit vector along which the row index grows: ImageOrientationPatient[3..5]. */
  readonly columnDirection: Vec3;
  /** rowDirection x columnDirection. */
  readonly normal: Vec3;
  /** Distance between columns: PixelSpacing[1]. */
  readonly columnSpacingMm: number;
  /** Distance between rows: PixelSpacing[0]. */
  readonly rowSpacingMm: number;
  /** ImagePositionPatient of each slice k: the centre of its first pixel, ascending along the normal. */
  readonly origins: readonly Vec3[];
}

/** Voxels of a grid; index = (k * rows + j) * columns + i. */
export interface Volume<T extends Float32Array | Int16Array | Uint8Array = Float32Array> {
  readonly grid: Grid;
  readonly voxels: T;
}

/** One bit per voxel in the order of `Volume`, least significant bit first within a byte. */
export interface Mask {
  readonly grid: Grid;
  readonly bits: Uint8Array;
}
