/** An RTSTRUCT as large as real ones get: 2 million contour points, 48 MB, written by our own writer. */
import { deriveUid, sopClassUid, writeDataSet } from '@modelbank/dicom';
import type { DataSet } from '@modelbank/dicom';

const POINTS_OF_CONTOUR = 400;
const CONTOURS_OF_ROI = 250;
const TWO_MILLION = 2_000_000;

/** The data set; `points` counts roughly, to whole contours. */
export function largeStructureSet(points = TWO_MILLION, seed = 'large structure set'): Buffer {
  const contours = Math.ceil(points / POINTS_OF_CONTOUR);
  const rois = Math.ceil(contours / CONTOURS_OF_ROI);
  const numbers = Array.from({ length: rois }, (_, index) => index + 1);
  const dataSet: DataSet = {
    SOPClassUID: sopClassUid('RTStructureSetStorage'),
    SOPInstanceUID: deriveUid(seed, 'instance'),
    Modality: 'RTSTRUCT',
    PatientID: 'PHANTOM-L',
    StudyInstanceUID: deriveUid(seed, 'study'),
    SeriesInstanceUID: deriveUid(seed, 'series'),
    StructureSetROISequence: numbers.map((number) => ({ ROINumber: number, ROIName: `Organ ${number}` })),
    ROIContourSequence: numbers.map((number) => ({
      ContourSequence: Array.from(
        { length: Math.min(CONTOURS_OF_ROI, contours - (number - 1) * CONTOURS_OF_ROI) },
        (_, k) => contour(seed, number, k),
      ),
      ReferencedROINumber: number,
    })),
  };
  return Buffer.from(writeDataSet(dataSet, 'explicit'));
}

/** A circle in slice k: coordinates of 8 characters, as planning systems write them. */
function contour(seed: string, roi: number, k: number): DataSet {
  const data: number[] = [];
  for (let point = 0; point < POINTS_OF_CONTOUR; point += 1) {
    const angle = (2 * Math.PI * point) / POINTS_OF_CONTOUR;
    data.push(rounded(120 + 50 * Math.cos(angle) + roi), rounded(-130 + 25 * Math.sin(angle)), rounded(-500.1234 + k));
  }
  return {
    ContourImageSequence: [
      {
        ReferencedSOPClassUID: sopClassUid('CTImageStorage'),
        ReferencedSOPInstanceUID: deriveUid(seed, 'slice', String(k)),
      },
    ],
    ContourGeometricType: 'CLOSED_PLANAR',
    NumberOfContourPoints: POINTS_OF_CONTOUR,
    ContourData: data,
  };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
