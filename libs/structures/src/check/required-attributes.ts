/** The attributes that an RTSTRUCT must have (PS3.3 A.19.3): type 1 with a value, type 2 at least without one. */
import type { Keyword, ReadableDataSet } from '@modelbank/dicom';
import { problem, type StructureSetProblem } from './problem';

interface Requirements {
  readonly withValue: readonly Keyword[];
  readonly present: readonly Keyword[];
}

const TOP: Requirements = {
  withValue: [
    'SpecificCharacterSet',
    'SOPClassUID',
    'SOPInstanceUID',
    'Modality',
    'StudyInstanceUID',
    'SeriesInstanceUID',
    'FrameOfReferenceUID',
    'StructureSetLabel',
    'ReferencedFrameOfReferenceSequence',
    'StructureSetROISequence',
    'ROIContourSequence',
    'RTROIObservationsSequence',
    'ApprovalStatus',
  ],
  present: [
    'StudyDate',
    'StudyTime',
    'AccessionNumber',
    'Manufacturer',
    'ReferringPhysicianName',
    'OperatorsName',
    'PatientName',
    'PatientID',
    'PatientBirthDate',
    'PatientSex',
    'StudyID',
    'SeriesNumber',
    'PositionReferenceIndicator',
    'StructureSetDate',
    'StructureSetTime',
  ],
};

/** Items of a sequence, by its keyword, wherever it stands in the tree below. */
const ITEMS: Readonly<Partial<Record<Keyword, Requirements>>> = {
  ReferencedFrameOfReferenceSequence: { withValue: ['FrameOfReferenceUID', 'RTReferencedStudySequence'], present: [] },
  RTReferencedStudySequence: {
    withValue: ['ReferencedSOPClassUID', 'ReferencedSOPInstanceUID', 'RTReferencedSeriesSequence'],
    present: [],
  },
  RTReferencedSeriesSequence: { withValue: ['SeriesInstanceUID', 'ContourImageSequence'], present: [] },
  ContourImageSequence: { withValue: ['ReferencedSOPClassUID', 'ReferencedSOPInstanceUID'], present: [] },
  StructureSetROISequence: {
    withValue: ['ROINumber', 'ReferencedFrameOfReferenceUID'],
    present: ['ROIName', 'ROIGenerationAlgorithm'],
  },
  ROIContourSequence: { withValue: ['ReferencedROINumber'], present: [] },
  ContourSequence: { withValue: ['ContourGeometricType', 'NumberOfContourPoints', 'ContourData'], present: [] },
  RTROIObservationsSequence: {
    withValue: ['ObservationNumber', 'ReferencedROINumber'],
    present: ['RTROIInterpretedType', 'ROIInterpreter'],
  },
  PredecessorStructureSetSequence: { withValue: ['ReferencedSOPClassUID', 'ReferencedSOPInstanceUID'], present: [] },
  ContributingEquipmentSequence: { withValue: ['PurposeOfReferenceCodeSequence', 'Manufacturer'], present: [] },
};

/** Every attribute that is missing, or empty where it may not be. */
export function checkRequiredAttributes(dataSet: ReadableDataSet): StructureSetProblem[] {
  return [...missingIn(dataSet, TOP, ''), ...missingBelow(dataSet, '')];
}

function missingBelow(dataSet: ReadableDataSet, path: string): StructureSetProblem[] {
  const problems: StructureSetProblem[] = [];
  for (const [keyword, requirements] of Object.entries(ITEMS) as [Keyword, Requirements][]) {
    if (!dataSet.has(keyword)) continue;
    dataSet.items(keyword).forEach((item, index) => {
      const place = `${path}${keyword}[${index}].`;
      problems.push(...missingIn(item, requirements, place), ...missingBelow(item, place));
    });
  }
  return problems;
}

function missingIn(
  dataSet: ReadableDataSet,
  { withValue, present }: Requirements,
  path: string,
): StructureSetProblem[] {
  const problems: StructureSetProblem[] = [];
  for (const keyword of withValue) {
    const element = dataSet.element(keyword);
    if (!element) problems.push(problem('missingAttribute', `${path}${keyword}`, 'is missing'));
    else if (element.end === element.start) problems.push(problem('missingAttribute', `${path}${keyword}`, 'is empty'));
  }
  for (const keyword of present) {
    if (!dataSet.has(keyword)) problems.push(problem('missingAttribute', `${path}${keyword}`, 'is missing'));
  }
  return problems;
}
