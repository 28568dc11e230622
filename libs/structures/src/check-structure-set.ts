/**
 * Our own semantic check of an RTSTRUCT before it leaves (PS3.3 A.19, C.8.8.5 to C.8.8.8), of the very bytes that are sent and
 * against the images that it was made from.
 */
import { DicomError, openPart10 } from '@modelbank/dicom';
import { checkContours } from './check/check-contours';
import { checkObject } from './check/check-object';
import { checkRois } from './check/check-rois';
import type { StructureSetExpectation } from './check/expectation';
import { problem, type StructureSetProblem } from './check/problem';
import { checkRequiredAttributes } from './check/required-attributes';

/** Everything that is wrong; nothing of severity `error` may leave. Bytes that are no DICOM file are one such problem. */
export function checkStructureSet(bytes: Uint8Array, expected: StructureSetExpectation): StructureSetProblem[] {
  try {
    const { dataSet } = openPart10(bytes);
    return [
      ...checkRequiredAttributes(dataSet),
      ...checkObject(dataSet, expected),
      ...checkRois(dataSet),
      ...checkContours(dataSet, expected),
    ];
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    return [problem('notAStructureSet', 'file', error.message)];
  }
}

/** Whether nothing found keeps the object from leaving. */
export function mayLeave(problems: readonly StructureSetProblem[]): boolean {
  return problems.every(({ severity }) => severity !== 'error');
}
