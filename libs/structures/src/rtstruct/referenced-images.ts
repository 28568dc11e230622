/** The images that the contours lie on: Referenced Frame of Reference Sequence (PS3.3 C.8.8.5). */
import type { DataSet } from '@modelbank/dicom';
import type { StructureSetToWrite } from '../structure-set';

/** Detached Study Management (retired): what PS3.3 C.8.8.5 readers expect as the class of the study reference. */
const STUDY_REFERENCE_CLASS = '1.2.840.10008.3.1.2.3.1';

export function referencedFrameOfReference(structureSet: StructureSetToWrite): DataSet {
  const { seriesInstanceUid, sopClassUid, sopInstanceUids } = structureSet.referencedSeries;
  return {
    FrameOfReferenceUID: structureSet.frameOfReferenceUid,
    RTReferencedStudySequence: [
      {
        ReferencedSOPClassUID: STUDY_REFERENCE_CLASS,
        ReferencedSOPInstanceUID: structureSet.study.StudyInstanceUID,
        RTReferencedSeriesSequence: [
          {
            SeriesInstanceUID: seriesInstanceUid,
            ContourImageSequence: sopInstanceUids.map((uid) => imageReference(sopClassUid, uid)),
          },
        ],
      },
    ],
  };
}

export function imageReference(sopClassUid: string, sopInstanceUid: string): DataSet {
  return { ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid };
}
