/** The closed list of what our own check can find wrong with an RTSTRUCT; dciodvfy misses most of it. */
export const STRUCTURE_SET_PROBLEMS = {
  // the object
  notAStructureSet: 'error',
  missingAttribute: 'error',
  foreignStudy: 'error',
  foreignPatient: 'error',
  foreignSeries: 'error',
  frameOfReferenceMismatch: 'error',
  unlistedImage: 'error',
  notUnapproved: 'error',
  // its ROIs
  duplicateRoiNumber: 'error',
  emptyRoiName: 'error',
  duplicateRoiName: 'error',
  roiNameTooLong: 'error',
  longRoiName: 'warning',
  notAutomatic: 'error',
  roiWithoutContourItem: 'error',
  unknownRoiNumber: 'error',
  duplicateContourItem: 'error',
  colorOutOfRange: 'error',
  roiWithoutObservation: 'error',
  unknownObservedRoi: 'error',
  duplicateObservationNumber: 'error',
  badInterpretedType: 'error',
  severalExternals: 'error',
  // their contours
  emptyContourSequence: 'error',
  notClosedPlanar: 'error',
  notANumber: 'error',
  longDecimalString: 'error',
  contourDataLength: 'error',
  contourDataTooLong: 'error',
  pointCountMismatch: 'error',
  tooFewPoints: 'error',
  firstPointRepeated: 'error',
  contourWithoutImage: 'error',
  nonPlanarContour: 'error',
  offPlaneContour: 'error',
} as const satisfies Record<string, 'error' | 'warning'>;

export type StructureSetProblemCode = keyof typeof STRUCTURE_SET_PROBLEMS;

export interface StructureSetProblem {
  readonly code: StructureSetProblemCode;
  /** An error keeps the object from leaving. */
  readonly severity: 'error' | 'warning';
  /** E.g. `ROI 3, contour 12`; numbers and keywords only. */
  readonly where: string;
  readonly message: string;
}

export function problem(code: StructureSetProblemCode, where: string, message: string): StructureSetProblem {
  return { code, severity: STRUCTURE_SET_PROBLEMS[code], where, message };
}
