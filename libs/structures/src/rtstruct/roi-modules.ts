/** Structure Set ROIs (PS3.3 C.8.8.5), ROI Contour (C.8.8.6) and RT ROI Observations (C.8.8.8): one item each per ROI. */
import type { DataSet } from '@modelbank/dicom';
import type { Contour } from '../contour';
import type { Roi, StructureSetToWrite } from '../structure-set';
import { imageReference } from './referenced-images';

export function roiModules(structureSet: StructureSetToWrite): DataSet {
  const { rois, frameOfReferenceUid, generationDescription } = structureSet;
  return {
    StructureSetROISequence: rois.map((roi) => ({
      ROINumber: roi.number,
      ReferencedFrameOfReferenceUID: frameOfReferenceUid,
      ROIName: roi.name,
      ROIGenerationAlgorithm: 'AUTOMATIC',
      ROIGenerationDescription: generationDescription,
    })),
    ROIContourSequence: rois.map((roi) => roiContour(roi, structureSet.referencedSeries.sopClassUid)),
    RTROIObservationsSequence: rois.map((roi, index) => ({
      ObservationNumber: index + 1,
      ReferencedROINumber: roi.number,
      RTROIInterpretedType: roi.interpretedType,
      ROIInterpreter: null,
    })),
  };
}

/** An empty ROI keeps its item without a ContourSequence: an empty sequence would be an error. */
function roiContour(roi: Roi, sopClassUid: string): DataSet {
  return {
    ROIDisplayColor: roi.color,
    ContourSequence:
      roi.contours.length === 0 ? undefined : roi.contours.map((contour) => contourItem(contour, sopClassUid)),
    ReferencedROINumber: roi.number,
  };
}

function contourItem(contour: Contour, sopClassUid: string): DataSet {
  return {
    ContourImageSequence:
      contour.referencedSopInstanceUid === undefined
        ? undefined
        : [imageReference(sopClassUid, contour.referencedSopInstanceUid)],
    ContourGeometricType: contour.geometricType,
    NumberOfContourPoints: contour.points.length / 3,
    ContourData: contour.points,
  };
}
