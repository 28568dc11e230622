/**
 * RTSTRUCT bytes -> structure set, tolerant of spelling (Implicit VR, UN-encoded elements, odd decimal strings, repeated points,
 * missing references) and never of content: a contour that cannot be read as it was meant fails the whole reading.
 */
import { openPart10, requiredUid, type ReadableDataSet } from '@modelbank/dicom';
import type { ContourWarning } from './contour-warning';
import { readContours, type PointBudget } from './rtstruct/read-contours';
import { StructureError } from './structure-error';
import { RT_STRUCTURE_SET_STORAGE, type ReadRoi, type ReadStructureSet } from './structure-set';

/** More points in one object are an attack or a defect: real ones of 48 MB hold two million. */
const MAXIMUM_POINTS = 10_000_000;

/** The structure set of a file. Throws STRUCTURE_SET_UNREADABLE, or the DicomError of a broken file. */
export function readStructureSet(bytes: Uint8Array): ReadStructureSet {
  const { dataSet } = openPart10(bytes);
  if (dataSet.text('SOPClassUID') !== RT_STRUCTURE_SET_STORAGE) throw unreadable('the object is no RT Structure Set');
  const rois = readRois(dataSet);
  const frameOfReferenceUid = frameOfReferenceOf(dataSet, rois);
  return {
    sopInstanceUid: requiredUid(dataSet, 'SOPInstanceUID', 'SOPInstanceUID'),
    studyInstanceUid: requiredUid(dataSet, 'StudyInstanceUID', 'StudyInstanceUID'),
    seriesInstanceUid: requiredUid(dataSet, 'SeriesInstanceUID', 'SeriesInstanceUID'),
    frameOfReferenceUid,
    label: dataSet.text('StructureSetLabel') ?? '',
    date: dataSet.text('StructureSetDate'),
    time: dataSet.text('StructureSetTime'),
    approvalStatus: dataSet.text('ApprovalStatus'),
    referencedSeries: readReferencedSeries(dataSet),
    predecessorSopInstanceUids: dataSet
      .items('PredecessorStructureSetSequence')
      .flatMap((item) => item.text('ReferencedSOPInstanceUID') ?? []),
    rois,
    warnings: [...duplicateNames(rois), ...frameMismatches(rois, frameOfReferenceUid)],
  };
}

function readRois(dataSet: ReadableDataSet): ReadRoi[] {
  const contourItems = byRoiNumber(dataSet, 'ROIContourSequence');
  const observations = byRoiNumber(dataSet, 'RTROIObservationsSequence');
  const budget: PointBudget = { left: MAXIMUM_POINTS };
  const rois = dataSet.items('StructureSetROISequence').map((item) => {
    const number = item.number('ROINumber');
    if (number === undefined || !Number.isInteger(number)) throw unreadable('an ROI has no number');
    return readRoi(number, item, contourItems.get(number)?.[0], observations.get(number)?.[0], budget);
  });
  const numbers = new Set(rois.map((roi) => roi.number));
  if (numbers.size !== rois.length) throw unreadable('two ROIs have the same number');
  for (const [number, items] of contourItems) {
    if (items.length > 1) throw unreadable(`ROI ${number} has more than one item of contours`);
    if (!numbers.has(number)) throw unreadable(`there are contours of an ROI ${number} that is not defined`);
  }
  return rois;
}

function readRoi(
  number: number,
  item: ReadableDataSet,
  contourItem: ReadableDataSet | undefined,
  observation: ReadableDataSet | undefined,
  budget: PointBudget,
): ReadRoi {
  const color = contourItem?.numbers('ROIDisplayColor') ?? [];
  return {
    number,
    name: item.text('ROIName') ?? '',
    color: color.length === 3 && color.every(Number.isInteger) ? [color[0], color[1], color[2]] : undefined,
    interpretedType: observation?.text('RTROIInterpretedType'),
    generationAlgorithm: item.text('ROIGenerationAlgorithm'),
    generationDescription: item.text('ROIGenerationDescription'),
    frameOfReferenceUid: item.text('ReferencedFrameOfReferenceUID'),
    contours: contourItem ? readContours(number, contourItem, budget) : [],
  };
}

function byRoiNumber(
  dataSet: ReadableDataSet,
  sequence: 'ROIContourSequence' | 'RTROIObservationsSequence',
): Map<number, ReadableDataSet[]> {
  const found = new Map<number, ReadableDataSet[]>();
  for (const item of dataSet.items(sequence)) {
    const number = item.number('ReferencedROINumber');
    if (number === undefined || !Number.isInteger(number)) throw unreadable(`an item of ${sequence} names no ROI`);
    found.set(number, [...(found.get(number) ?? []), item]);
  }
  return found;
}

/** Where the sender forgot it at the top (most do), the one of the references, else the one that all ROIs share. */
function frameOfReferenceOf(dataSet: ReadableDataSet, rois: readonly ReadRoi[]): string | undefined {
  const stated = dataSet.text('FrameOfReferenceUID');
  if (stated) return stated;
  const referenced = dataSet
    .items('ReferencedFrameOfReferenceSequence')
    .flatMap((item) => item.text('FrameOfReferenceUID') ?? []);
  const ofRois = [...new Set(rois.flatMap((roi) => roi.frameOfReferenceUid ?? []))];
  return referenced[0] ?? (ofRois.length === 1 ? ofRois[0] : undefined);
}

function readReferencedSeries(dataSet: ReadableDataSet): ReadStructureSet['referencedSeries'] {
  return dataSet
    .items('ReferencedFrameOfReferenceSequence')
    .flatMap((frame) => frame.items('RTReferencedStudySequence'))
    .flatMap((study) => study.items('RTReferencedSeriesSequence'))
    .map((series) => ({
      seriesInstanceUid: series.text('SeriesInstanceUID') ?? '',
      sopInstanceUids: series
        .items('ContourImageSequence')
        .flatMap((image) => image.text('ReferencedSOPInstanceUID') ?? []),
    }));
}

function duplicateNames(rois: readonly ReadRoi[]): ContourWarning[] {
  const names = rois.map((roi) => roi.name.normalize('NFC').trim().toLowerCase());
  const numbers = rois.filter((_, index) => names.indexOf(names[index]) !== index).map((roi) => roi.number);
  if (numbers.length === 0) return [];
  return [
    { name: 'duplicate_roi_name', slices: [], sentence: `ROI ${numbers.join(', ')} has the name of an earlier ROI` },
  ];
}

function frameMismatches(rois: readonly ReadRoi[], frameOfReferenceUid: string | undefined): ContourWarning[] {
  const other = rois.filter(
    (roi) => roi.frameOfReferenceUid !== undefined && roi.frameOfReferenceUid !== frameOfReferenceUid,
  );
  if (other.length === 0) return [];
  const sentence = `ROI ${other.map((roi) => roi.number).join(', ')} is in another frame of reference than the set`;
  return [{ name: 'frame_of_reference_mismatch', slices: [], sentence }];
}

function unreadable(message: string): StructureError {
  return new StructureError('STRUCTURE_SET_UNREADABLE', message);
}
