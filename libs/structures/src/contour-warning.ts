/** The closed list of what can be odd about contours that are read, by name; none of them stops the reading. */
export const CONTOUR_WARNING_NAMES = [
  'left_right_swap',
  'gap_between_slices',
  'nonuniform_slice_spacing',
  'contour_off_image_plane',
  'contour_outside_image',
  'frame_of_reference_mismatch',
  'duplicate_roi_name',
  'overlapping_contours',
] as const;
export type ContourWarningName = (typeof CONTOUR_WARNING_NAMES)[number];

export interface ContourWarning {
  readonly name: ContourWarningName;
  /** Indices of the slices concerned, ascending; empty where it concerns no slice. */
  readonly slices: readonly number[];
  /** For people; numbers only. */
  readonly sentence: string;
}
