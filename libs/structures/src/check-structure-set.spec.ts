import { writePart10, type DataSet } from '@modelbank/dicom';
import {
  checkStructureSet,
  mayLeave,
  writeStructureSet,
  type StructureSetExpectation,
  type StructureSetProblemCode,
} from '.';
import { EXAMPLE_EXPECTATION, exampleRois, exampleStructureSet } from './example-structure-set.fixture';
import { structureSetDataSet } from './rtstruct/structure-set-data-set';

/** A data set in the writer's own form, but open to be spoiled. */
interface Spoilable {
  [keyword: string]: unknown;
}
type Items = Spoilable[];

function spoiled(spoil: (dataSet: Spoilable) => void): Uint8Array {
  const dataSet = copyOf(structureSetDataSet(exampleStructureSet())) as Spoilable;
  spoil(dataSet);
  return writePart10(dataSet as DataSet);
}

function copyOf(value: unknown): unknown {
  if (value instanceof Float64Array) return Array.from(value);
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}

const rois = (dataSet: Spoilable) => dataSet.StructureSetROISequence as Items;
const contourItems = (dataSet: Spoilable) => dataSet.ROIContourSequence as Items;
const observations = (dataSet: Spoilable) => dataSet.RTROIObservationsSequence as Items;
const contour = (dataSet: Spoilable) => (contourItems(dataSet)[0].ContourSequence as Items)[0];
const data = (dataSet: Spoilable) => contour(dataSet).ContourData as number[];
const frame = (dataSet: Spoilable) => (dataSet.ReferencedFrameOfReferenceSequence as Items)[0];
const study = (dataSet: Spoilable) => (frame(dataSet).RTReferencedStudySequence as Items)[0];
const series = (dataSet: Spoilable) => (study(dataSet).RTReferencedSeriesSequence as Items)[0];

function codes(bytes: Uint8Array, expected: StructureSetExpectation = EXAMPLE_EXPECTATION): string[] {
  return [...new Set(checkStructureSet(bytes, expected).map(({ code }) => code))].sort();
}

/** Replaces the first occurrence of an ASCII text by another of the same length. */
function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(from);
  expect(at).toBeGreaterThan(0);
  expect(to).toHaveLength(from.length);
  copy.write(to, at, 'latin1');
  return copy;
}

describe('checkStructureSet', () => {
  it.each(['xor', 'keyhole'] as const)('finds nothing wrong with what we write (%s holes)', (holes) => {
    const problems = checkStructureSet(
      writeStructureSet(exampleStructureSet({ rois: exampleRois(holes) })),
      EXAMPLE_EXPECTATION,
    );
    expect(problems).toEqual([]);
    expect(mayLeave(problems)).toBe(true);
  });

  const SPOILS: [string, StructureSetProblemCode[], (dataSet: Spoilable) => void][] = [
    [
      'two points',
      ['tooFewPoints'],
      (d) => Object.assign(contour(d), { NumberOfContourPoints: 2, ContourData: data(d).slice(0, 6) }),
    ],
    [
      'a wrong number of points',
      ['pointCountMismatch'],
      (d) => Object.assign(contour(d), { NumberOfContourPoints: 5 }),
    ],
    [
      'a duplicated observation number',
      ['duplicateObservationNumber'],
      (d) => Object.assign(observations(d)[1], { ObservationNumber: 1 }),
    ],
    ['an ROI without contour item', ['roiWithoutContourItem'], (d) => contourItems(d).pop()],
    ['an ROI without observation', ['roiWithoutObservation'], (d) => observations(d).pop()],
    [
      "an ROI's other frame of reference",
      ['frameOfReferenceMismatch'],
      (d) => Object.assign(rois(d)[1], { ReferencedFrameOfReferenceUID: '2.25.777' }),
    ],
    [
      "the set's other frame of reference",
      ['frameOfReferenceMismatch'],
      (d) => Object.assign(d, { FrameOfReferenceUID: '2.25.777' }),
    ],
    [
      "the references' other frame of reference",
      ['frameOfReferenceMismatch'],
      (d) => Object.assign(frame(d), { FrameOfReferenceUID: '2.25.777' }),
    ],
    [
      'contours of an unknown ROI',
      ['roiWithoutContourItem', 'unknownRoiNumber'],
      (d) => Object.assign(contourItems(d)[2], { ReferencedROINumber: 9 }),
    ],
    [
      'contours of one ROI in two items',
      ['duplicateContourItem', 'roiWithoutContourItem'],
      (d) => Object.assign(contourItems(d)[2], { ReferencedROINumber: 1 }),
    ],
    [
      'a colour of 256',
      ['colorOutOfRange'],
      (d) => Object.assign(contourItems(d)[1], { ROIDisplayColor: [0, 256, 0] }),
    ],
    ['an empty name', ['emptyRoiName'], (d) => Object.assign(rois(d)[1], { ROIName: null })],
    ['a blank name', ['emptyRoiName'], (d) => Object.assign(rois(d)[1], { ROIName: '  ' })],
    ['a name twice', ['duplicateRoiName'], (d) => Object.assign(rois(d)[1], { ROIName: 'EXTERNAL' })],
    ['a name of 17 characters', ['longRoiName'], (d) => Object.assign(rois(d)[1], { ROIName: 'Glnd_Submand_Left' })],
    [
      'an interpreted type that is none',
      ['badInterpretedType'],
      (d) => Object.assign(observations(d)[1], { RTROIInterpretedType: 'OAR' }),
    ],
    [
      'two external contours',
      ['severalExternals'],
      (d) => Object.assign(observations(d)[1], { RTROIInterpretedType: 'EXTERNAL' }),
    ],
    ['another study', ['foreignStudy'], (d) => Object.assign(d, { StudyInstanceUID: '2.25.777' })],
    [
      'a reference to another study',
      ['foreignStudy'],
      (d) => Object.assign(study(d), { ReferencedSOPInstanceUID: '2.25.777' }),
    ],
    ['another patient', ['foreignPatient'], (d) => Object.assign(d, { PatientID: 'EXAMPLE-2' })],
    [
      'a reference to another series',
      ['foreignSeries'],
      (d) => Object.assign(series(d), { SeriesInstanceUID: '2.25.777' }),
    ],
    [
      'an unknown image in the list',
      ['unlistedImage'],
      (d) => Object.assign((series(d).ContourImageSequence as Items)[0], { ReferencedSOPInstanceUID: '2.25.777' }),
    ],
    [
      'a contour on an unknown image',
      ['unlistedImage'],
      (d) => Object.assign((contour(d).ContourImageSequence as Items)[0], { ReferencedSOPInstanceUID: '2.25.777' }),
    ],
    [
      'a contour without image',
      ['contourWithoutImage'],
      (d) => Object.assign(contour(d), { ContourImageSequence: undefined }),
    ],
    [
      'a contour on the next image',
      ['offPlaneContour'],
      (d) => Object.assign((contour(d).ContourImageSequence as Items)[0], { ReferencedSOPInstanceUID: '2.25.1002' }),
    ],
    [
      'a contour 0.7 mm off its plane',
      ['offPlaneContour'],
      (d) =>
        Object.assign(contour(d), { ContourData: data(d).map((value, at) => (at % 3 === 2 ? value + 0.7 : value)) }),
    ],
    [
      'a contour that is not planar',
      ['nonPlanarContour'],
      (d) => Object.assign(contour(d), { ContourData: data(d).map((value, at) => (at === 2 ? value + 0.5 : value)) }),
    ],
    [
      'a duplicated ROI number',
      ['duplicateRoiNumber'],
      (d) => {
        rois(d).push({ ...rois(d)[0], ROIName: 'Other' });
      },
    ],
    [
      'the first point repeated',
      ['firstPointRepeated'],
      (d) =>
        Object.assign(contour(d), {
          NumberOfContourPoints: data(d).length / 3 + 1,
          ContourData: [...data(d), ...data(d).slice(0, 3)],
        }),
    ],
    [
      'an observation of an unknown ROI',
      ['roiWithoutObservation', 'unknownObservedRoi'],
      (d) => Object.assign(observations(d)[1], { ReferencedROINumber: 9 }),
    ],
    ['an approval', ['notUnapproved'], (d) => Object.assign(d, { ApprovalStatus: 'APPROVED' })],
    ['a manual ROI', ['notAutomatic'], (d) => Object.assign(rois(d)[1], { ROIGenerationAlgorithm: 'MANUAL' })],
    ['an open contour', ['notClosedPlanar'], (d) => Object.assign(contour(d), { ContourGeometricType: 'OPEN_PLANAR' })],
    [
      'an empty contour sequence',
      ['emptyContourSequence'],
      (d) => Object.assign(contourItems(d)[2], { ContourSequence: [] }),
    ],
    ['another modality', ['notAStructureSet'], (d) => Object.assign(d, { Modality: 'CT' })],
    ['a forgotten operator', ['missingAttribute'], (d) => Object.assign(d, { OperatorsName: undefined })],
    ['an empty label', ['missingAttribute'], (d) => Object.assign(d, { StructureSetLabel: null })],
    [
      'a nested attribute forgotten',
      ['missingAttribute'],
      (d) => Object.assign(observations(d)[0], { ROIInterpreter: undefined }),
    ],
    [
      'an image without class',
      ['missingAttribute'],
      (d) => Object.assign((contour(d).ContourImageSequence as Items)[0], { ReferencedSOPClassUID: undefined }),
    ],
  ];

  it.each(SPOILS)('finds %s', (_, expected, spoil) => {
    expect(codes(spoiled(spoil))).toEqual([...expected].sort());
  });

  it('finds coordinates that are no numbers, too long, or no whole points', () => {
    const bytes = writeStructureSet(exampleStructureSet());
    const text = String(exampleRois()[0].contours[0].points.slice(0, 3).join('\\'));
    expect(codes(replaced(bytes, text, `NaN${text.slice(3)}`))).toEqual(['notANumber']);
    const [first, second, third] = text.split('\\');
    const blanked = `${first}${' '.repeat(second.length + 1)}\\${third}`;
    expect(codes(replaced(bytes, text, blanked))).toContain('contourDataLength');
    expect(codes(replaced(bytes, text, text.replaceAll('\\', '0')))).toContain('longDecimalString');
  });

  it('says where, and lets nothing leave that is wrong', () => {
    const problems = checkStructureSet(
      spoiled((d) => Object.assign(contour(d), { NumberOfContourPoints: 5 })),
      EXAMPLE_EXPECTATION,
    );
    expect(problems).toEqual([expect.objectContaining({ where: 'ROI 1, contour 1', severity: 'error' })]);
    expect(mayLeave(problems)).toBe(false);
    expect(mayLeave([{ code: 'longRoiName', severity: 'warning', where: '', message: '' }])).toBe(true);
  });

  it('finds that a text file is none', () => {
    expect(codes(Buffer.from('hello'))).toEqual(['notAStructureSet']);
    expect(codes(writeStructureSet(exampleStructureSet()).subarray(0, 900))).not.toEqual([]);
  });
});
