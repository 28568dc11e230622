/**
 * Attributes of an instance whose value is there and was left out of its header, because it is no number, not physically
 * possible or no date of the calendar: said by name, so that nobody takes a broken value for a missing one.
 */
import type { Keyword } from './dictionary/dictionary';
import type { InstanceHeader } from './instance-header';
import type { ReadableDataSet } from './readable-data-set';
import { textViolation } from './text-rules';

type ReadHeader = Omit<InstanceHeader, 'unusable'>;
type Check = readonly [keyword: Keyword, isUsable: (header: ReadHeader, dataSet: ReadableDataSet) => boolean];

const kept =
  (name: keyof ReadHeader) =>
  (header: ReadHeader): boolean =>
    header[name] !== undefined;
const isDate = (keyword: Keyword) => (_: ReadHeader, dataSet: ReadableDataSet) =>
  textViolation('DA', dataSet.text(keyword) ?? '') === undefined;
const isFinite = (keyword: Keyword) => (_: ReadHeader, dataSet: ReadableDataSet) =>
  Number.isFinite(dataSet.number(keyword));

const CHECKS: readonly Check[] = [
  ['StudyDate', isDate('StudyDate')],
  ['PatientBirthDate', isDate('PatientBirthDate')],
  ['PatientAge', kept('ageYears')],
  ['SliceThickness', kept('sliceThicknessMm')],
  ['GantryDetectorTilt', kept('gantryTiltDegrees')],
  ['PatientPosition', kept('patientPosition')],
  ['FrameOfReferenceUID', kept('frameOfReferenceUid')],
  ['InstanceNumber', kept('instanceNumber')],
  ['AcquisitionNumber', kept('acquisitionNumber')],
  ['ImagePositionPatient', kept('imagePositionPatient')],
  ['ImageOrientationPatient', kept('imageOrientationPatient')],
  ['NumberOfFrames', kept('numberOfFrames')],
  ['Rows', kept('rows')],
  ['Columns', kept('columns')],
  ['PixelSpacing', kept('pixelSpacingMm')],
  ['RescaleIntercept', isFinite('RescaleIntercept')],
  [
    'RescaleSlope',
    (header, dataSet) => isFinite('RescaleSlope')(header, dataSet) && dataSet.number('RescaleSlope') !== 0,
  ],
];

export function unusableValues(dataSet: ReadableDataSet, header: ReadHeader): Keyword[] {
  const hasValue = (keyword: Keyword) => dataSet.texts(keyword).some((value) => value !== '');
  return CHECKS.filter(([keyword, isUsable]) => hasValue(keyword) && !isUsable(header, dataSet)).map(
    ([keyword]) => keyword,
  );
}
