/** The structure check for whole files, and the checks of what it found against what was announced. */
import { DicomError } from './dicom-error';
import { splitPart10, type Part10Envelope } from './part10';
import { StructureCheck, type StructureLimits, type StructureSummary } from './structure-check';
import type { InstanceUids } from './uid-capture';

export interface CheckedPart10 {
  readonly meta: Part10Envelope['meta'];
  readonly dataSetOffset: number;
  readonly structure: StructureSummary;
}

/** Checks a whole file. Throws a DicomError at the first violation. */
export function checkPart10(bytes: Uint8Array, limits?: Partial<StructureLimits>): CheckedPart10 {
  const { meta, dataSetOffset } = splitPart10(bytes);
  const check = new StructureCheck(meta.transferSyntaxUid, limits);
  check.push(bytes.subarray(dataSetOffset));
  return { meta, dataSetOffset, structure: check.finish() };
}

/** The UIDs that every instance must have (PS3.3 C.12.1, C.7.2.1, C.7.3.1). Throws UID_INVALID naming what is missing. */
export function requireInstanceUids(found: InstanceUids): Required<InstanceUids> {
  const { sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid } = found;
  if (!sopClassUid || !sopInstanceUid || !studyInstanceUid || !seriesInstanceUid) {
    const missing = [
      sopClassUid ? '' : 'SOPClassUID',
      sopInstanceUid ? '' : 'SOPInstanceUID',
      studyInstanceUid ? '' : 'StudyInstanceUID',
      seriesInstanceUid ? '' : 'SeriesInstanceUID',
    ].filter(Boolean);
    throw new DicomError('UID_INVALID', `${missing.join(', ')} is missing`);
  }
  return { sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid };
}

/** The data set must be the instance that the request or the meta group announced (PS3.4 B.2.3). Throws DATASET_MISMATCH. */
export function requireSameInstance(
  found: InstanceUids,
  announced: { readonly sopClassUid?: string; readonly sopInstanceUid?: string; readonly studyInstanceUid?: string },
): void {
  if (announced.studyInstanceUid !== undefined && announced.studyInstanceUid !== found.studyInstanceUid) {
    throw new DicomError('DATASET_MISMATCH', 'StudyInstanceUID differs from what was announced');
  }
  if (announced.sopClassUid !== undefined && announced.sopClassUid !== found.sopClassUid) {
    throw new DicomError('DATASET_MISMATCH', 'SOPClassUID differs from what was announced');
  }
  if (announced.sopInstanceUid !== undefined && announced.sopInstanceUid !== found.sopInstanceUid) {
    throw new DicomError('DATASET_MISMATCH', 'SOPInstanceUID differs from what was announced');
  }
}
