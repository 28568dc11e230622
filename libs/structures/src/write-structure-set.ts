/**
 * Structure set -> RTSTRUCT bytes (PS3.3 A.19). What it writes is AUTOMATIC and UNAPPROVED: a person has not seen it yet.
 */
import { DicomError, writePart10 } from '@modelbank/dicom';
import { structureSetDataSet } from './rtstruct/structure-set-data-set';
import { StructureError } from './structure-error';
import type { StructureSetToWrite } from './structure-set';

/** The bytes of the file, Explicit VR Little Endian. Throws STRUCTURE_SET_INVALID for what no valid object can hold. */
export function writeStructureSet(structureSet: StructureSetToWrite): Uint8Array {
  requireWritable(structureSet);
  try {
    return writePart10(structureSetDataSet(structureSet));
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    throw new StructureError('STRUCTURE_SET_INVALID', error.message, { cause: error });
  }
}

function requireWritable({ rois }: StructureSetToWrite): void {
  if (rois.length === 0) {
    throw new StructureError('STRUCTURE_SET_INVALID', 'a structure set needs at least one ROI, empty or not');
  }
  if (new Set(rois.map((roi) => roi.number)).size !== rois.length) {
    throw new StructureError('STRUCTURE_SET_INVALID', 'two ROIs have the same number');
  }
}
