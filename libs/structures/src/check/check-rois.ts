/** The ROIs of an object: their numbers, names and types, and that the three sequences speak of the same ones. */
import type { ReadableDataSet } from '@modelbank/dicom';
import { INTERPRETED_TYPES } from '../structure-set';
import { problem, type StructureSetProblem } from './problem';

/** PS3.5, VR LO. */
const LONGEST_NAME = 64;
/** What old planning systems keep of a name. */
const LONGEST_NAME_EVERYWHERE = 16;

export function checkRois(dataSet: ReadableDataSet): StructureSetProblem[] {
  const rois = dataSet.items('StructureSetROISequence');
  const contourItems = dataSet.items('ROIContourSequence');
  const observations = dataSet.items('RTROIObservationsSequence');
  const numbers = rois.map((roi) => roi.number('ROINumber'));
  return [
    ...repeated(numbers, 'duplicateRoiNumber', 'two ROIs have this number'),
    ...rois.flatMap(checkName),
    ...duplicateNames(rois),
    ...rois.flatMap(checkAlgorithm),
    ...crossReferences(numbers, contourItems, {
      lacking: 'roiWithoutContourItem',
      unknown: 'unknownRoiNumber',
      sequence: 'ROIContourSequence',
    }),
    ...crossReferences(numbers, observations, {
      lacking: 'roiWithoutObservation',
      unknown: 'unknownObservedRoi',
      sequence: 'RTROIObservationsSequence',
    }),
    ...repeated(contourItems.map(referencedNumber), 'duplicateContourItem', 'two items hold its contours'),
    ...contourItems.flatMap(checkColor),
    ...checkObservations(observations),
  ];
}

function checkName(roi: ReadableDataSet): StructureSetProblem[] {
  const where = placeOf(roi.number('ROINumber'));
  const length = [...(roi.text('ROIName') ?? '').trim()].length;
  if (length === 0) return [problem('emptyRoiName', where, 'has no name')];
  if (length > LONGEST_NAME) return [problem('roiNameTooLong', where, `its name has ${length} characters`)];
  if (length <= LONGEST_NAME_EVERYWHERE) return [];
  return [problem('longRoiName', where, `its name has ${length} characters; old planning systems keep 16`)];
}

function duplicateNames(rois: readonly ReadableDataSet[]): StructureSetProblem[] {
  const names = rois.map((roi) => (roi.text('ROIName') ?? '').normalize('NFC').trim().toLowerCase());
  return rois
    .filter((_, index) => names[index] !== '' && names.indexOf(names[index]) !== index)
    .map((roi) => problem('duplicateRoiName', placeOf(roi.number('ROINumber')), 'an earlier ROI has the same name'));
}

function checkAlgorithm(roi: ReadableDataSet): StructureSetProblem[] {
  if (roi.text('ROIGenerationAlgorithm') === 'AUTOMATIC') return [];
  return [problem('notAutomatic', placeOf(roi.number('ROINumber')), 'ROIGenerationAlgorithm is not AUTOMATIC')];
}

function crossReferences(
  numbers: readonly (number | undefined)[],
  items: readonly ReadableDataSet[],
  codes: {
    readonly lacking: 'roiWithoutContourItem' | 'roiWithoutObservation';
    readonly unknown: 'unknownRoiNumber' | 'unknownObservedRoi';
    readonly sequence: string;
  },
): StructureSetProblem[] {
  const referenced = items.map(referencedNumber);
  const lacking = numbers.filter((number) => !referenced.includes(number));
  const unknown = referenced.filter((number) => !numbers.includes(number));
  return [
    ...lacking.map((number) => problem(codes.lacking, placeOf(number), `has no item in ${codes.sequence}`)),
    ...unknown.map((number) => problem(codes.unknown, placeOf(number), `${codes.sequence} speaks of an unknown ROI`)),
  ];
}

function checkColor(item: ReadableDataSet): StructureSetProblem[] {
  if (!item.has('ROIDisplayColor')) return [];
  const color = item.numbers('ROIDisplayColor');
  const valid = color.length === 3 && color.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  if (valid) return [];
  return [problem('colorOutOfRange', placeOf(referencedNumber(item)), 'its colour is not three numbers of 0 to 255')];
}

function checkObservations(observations: readonly ReadableDataSet[]): StructureSetProblem[] {
  const types = observations.map((item) => item.text('RTROIInterpretedType') ?? '');
  const known: readonly string[] = ['', ...INTERPRETED_TYPES];
  const externals = types.filter((type) => type === 'EXTERNAL').length;
  return [
    ...repeated(
      observations.map((item) => item.number('ObservationNumber')),
      'duplicateObservationNumber',
      'two observations have this number',
    ),
    ...observations
      .filter((_, index) => !known.includes(types[index]))
      .map((item) =>
        problem('badInterpretedType', placeOf(referencedNumber(item)), 'RTROIInterpretedType is no defined term'),
      ),
    ...(externals > 1
      ? [problem('severalExternals', 'RTROIObservationsSequence', `${externals} ROIs are EXTERNAL`)]
      : []),
  ];
}

function repeated(
  numbers: readonly (number | undefined)[],
  code: 'duplicateRoiNumber' | 'duplicateObservationNumber' | 'duplicateContourItem',
  message: string,
): StructureSetProblem[] {
  const again = numbers.filter((number, index) => numbers.indexOf(number) !== index);
  const what = code === 'duplicateObservationNumber' ? 'observation' : 'ROI';
  return [...new Set(again)].map((number) => problem(code, `${what} ${number}`, message));
}

function referencedNumber(item: ReadableDataSet): number | undefined {
  return item.number('ReferencedROINumber');
}

function placeOf(number: number | undefined): string {
  return `ROI ${number ?? 'without number'}`;
}
