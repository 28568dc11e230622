/**
 * The data set of a structure set (PS3.3 A.19.3). Attributes that are often forgotten (FrameOfReferenceUID at the top,
 * OperatorsName, ...) are all there.
 */
import type { DataSet } from '@modelbank/dicom';
import { RT_STRUCTURE_SET_STORAGE, type StructureSetToWrite } from '../structure-set';
import { equipmentModules } from './equipment-modules';
import { referencedFrameOfReference } from './referenced-images';
import { roiModules } from './roi-modules';
import { acceptedStudyModule } from './study-module';

export function structureSetDataSet(structureSet: StructureSetToWrite): DataSet {
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
