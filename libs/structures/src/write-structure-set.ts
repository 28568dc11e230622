/**
 * Structure set -> RTSTRUCT bytes (PS3.3 A.19). What it writes is AUTOMATIC and UNAPPROVED: a person has not seen it yet.
 * Attributes that are often forgotten (FrameOfReferenceUID at the top, OperatorsName, ...) are all there.
 */
import { DicomError, writePart10, type DataSet } from '@modelbank/dicom';
import { equipmentModules } from './rtstruct/equipment-modules';
import { referencedFrameOfReference } from './rtstruct/referenced-images';
import { roiModules } from './rtstruct/roi-modules';
import { acceptedStudyModule } from './rtstruct/study-module';
import { StructureError } from './structure-error';
import { RT_STRUCTURE_SET_STORAGE, type StructureSetToWrite } from './structure-set';

/** The bytes of the file, Explicit VR Little Endian. Throws STRUCTURE_SET_INVALID for what no valid object can hold. */
export function writeStructureSet(structureSet: StructureSetToWrite): Uint8Array {
  requireWritable(structureSet);
  try {
    return writePart10(dataSetOf(structureSet));
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

function dataSetOf(structureSet: StructureSetToWrite): DataSet {
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: RT_STRUCTURE_SET_STORAGE,
    SOPInstanceUID: structureSet.sopInstanceUid,
    ...acceptedStudyModule(structureSet.study),
    ...seriesModule(structureSet),
    ...equipmentModules(structureSet),
    ...structureSetModule(structureSet),
    ReferencedFrameOfReferenceSequence: [referencedFrameOfReference(structureSet)],
    ...roiModules(structureSet),
    ApprovalStatus: 'UNAPPROVED',
  };
}

/** RT Series (PS3.3 C.8.8.1) and Frame of Reference (C.7.4.1). */
function seriesModule(structureSet: StructureSetToWrite): DataSet {
  return {
    Modality: 'RTSTRUCT',
    SeriesInstanceUID: structureSet.seriesInstanceUid,
    SeriesNumber: structureSet.seriesNumber,
    SeriesDate: structureSet.date,
    SeriesTime: structureSet.time,
    SeriesDescription: structureSet.seriesDescription,
    OperatorsName: null,
    FrameOfReferenceUID: structureSet.frameOfReferenceUid,
    PositionReferenceIndicator: null,
  };
}

/** Structure Set (PS3.3 C.8.8.5) and SOP Common (C.12.1). */
function structureSetModule(structureSet: StructureSetToWrite): DataSet {
  return {
    InstanceCreationDate: structureSet.date,
    InstanceCreationTime: structureSet.time,
    InstanceNumber: 1,
    StructureSetLabel: structureSet.label,
    StructureSetName: structureSet.name,
    StructureSetDescription: structureSet.description,
    StructureSetDate: structureSet.date,
    StructureSetTime: structureSet.time,
    PredecessorStructureSetSequence:
      structureSet.predecessorSopInstanceUid === undefined
        ? undefined
        : [
            {
              ReferencedSOPClassUID: RT_STRUCTURE_SET_STORAGE,
              ReferencedSOPInstanceUID: structureSet.predecessorSopInstanceUid,
            },
          ],
  };
}
