/**
 * Reads what the hub keeps of an instance (instance-header.ts) from a file or its first bytes. Values outside the vocabulary
 * or outside what is physically possible are left out, so that neither text nor a number of a person gets through.
 */
import { bodyPartOf, bodyPartOfCode } from './body-part';
import type { ElementName } from './dictionary/dictionary';
import type { InstanceHeader } from './instance-header';
import { IMAGE_TYPE_VALUES, kernelName, MODALITIES, PATIENT_POSITIONS } from './instance-header-vocabulary';
import { openPart10, requiredUid, type Part10Source } from './open-part10';
import type { ReadableDataSet } from './readable-data-set';
import { textViolation } from './text-rules';
import { unusableValues } from './unusable-values';

/** Numbers that count something stay below the smallest number that a person can have (CPR 0101...: over 10^8). */
const MAXIMUM_COUNT = 9_999_999;
/** Rows and Columns are US. */
const MAXIMUM_SIDE = 65_535;

/**
 * The header of an instance. Throws UID_INVALID when a UID of the instance, its study or its series is missing, and what
 * `openPart10` throws.
 */
export function readInstanceHeader(source: Part10Source): InstanceHeader {
  const { dataSet, transferSyntax } = openPart10(source);
  const header = headerOf(dataSet, transferSyntax.uid);
  const unusable = unusableValues(dataSet, header);
  return unusable.length === 0 ? header : { ...header, unusable };
}

function headerOf(dataSet: ReadableDataSet, transferSyntaxUid: string): Omit<InstanceHeader, 'unusable'> {
  return {
    sopClassUid: requiredUid(dataSet, 'SOPClassUID', 'SOPClassUID'),
    sopInstanceUid: requiredUid(dataSet, 'SOPInstanceUID', 'SOPInstanceUID'),
    studyInstanceUid: requiredUid(dataSet, 'StudyInstanceUID', 'StudyInstanceUID'),
    seriesInstanceUid: requiredUid(dataSet, 'SeriesInstanceUID', 'SeriesInstanceUID'),
    frameOfReferenceUid: dataSet.uid('FrameOfReferenceUID'),
    modality: wordOf(dataSet, 'Modality', MODALITIES) ?? 'OT',
    transferSyntaxUid,
    ...(dataSet.text('LossyImageCompression') === '01' ? { lossyCompressed: true as const } : {}),
    ...counts(dataSet),
    ...geometry(dataSet),
    ...acquisition(dataSet),
    ...subject(dataSet),
  };
}

function counts(dataSet: ReadableDataSet) {
  const ofSeries = count(dataSet, 'NumberOfSeriesRelatedInstances', 1);
  const declaredCount = ofSeries ?? count(dataSet, 'ImagesInAcquisition', 1);
  const declaredCountOf = ofSeries === undefined ? ('acquisition' as const) : ('series' as const);
  return {
    instanceNumber: count(dataSet, 'InstanceNumber', 0),
    acquisitionNumber: count(dataSet, 'AcquisitionNumber', 0),
    ...(declaredCount === undefined ? {} : { declaredCount, declaredCountOf }),
    numberOfFrames: count(dataSet, 'NumberOfFrames', 1),
  };
}

function geometry(dataSet: ReadableDataSet) {
  return {
    rows: count(dataSet, 'Rows', 1, MAXIMUM_SIDE),
    columns: count(dataSet, 'Columns', 1, MAXIMUM_SIDE),
    pixelSpacingMm: measures<readonly [number, number]>(dataSet, 'PixelSpacing', 2, 0, 1000),
    sliceThicknessMm: measures<readonly [number]>(dataSet, 'SliceThickness', 1, 0, 1000)?.[0],
    imagePositionPatient: measures<readonly [number, number, number]>(dataSet, 'ImagePositionPatient', 3, -1e5, 1e5),
    imageOrientationPatient: measures<readonly [number, number, number, number, number, number]>(
      dataSet,
      'ImageOrientationPatient',
      6,
      -1.01,
      1.01,
    ),
    gantryTiltDegrees: measures<readonly [number]>(dataSet, 'GantryDetectorTilt', 1, -90, 90)?.[0],
    patientPosition: wordOf(dataSet, 'PatientPosition', PATIENT_POSITIONS),
  };
}

function acquisition(dataSet: ReadableDataSet) {
  return {
    imageType: dataSet
      .texts('ImageType')
      .map((value) => value.toUpperCase())
      .filter((value) => IMAGE_TYPE_VALUES.has(value)),
    bodyPart: bodyPart(dataSet),
    contrast:
      dataSet.text('ContrastBolusAgent') !== undefined || dataSet.items('ContrastBolusAgentSequence').length > 0,
    convolutionKernel: kernelName(dataSet.text('ConvolutionKernel')),
  };
}

/** BodyPartExamined, else the first anatomic region whose code we know. */
function bodyPart(dataSet: ReadableDataSet): string | undefined {
  const examined = bodyPartOf(dataSet.text('BodyPartExamined') ?? '');
  if (examined !== undefined) return examined;
  return dataSet
    .items('AnatomicRegionSequence')
    .map((item) => bodyPartOfCode(item.text('CodingSchemeDesignator') ?? '', item.text('CodeValue') ?? ''))
    .find((found) => found !== undefined);
}

function subject(dataSet: ReadableDataSet) {
  const sex = dataSet.text('PatientSex')?.toUpperCase();
  return {
    sex: sex === 'F' || sex === 'M' || sex === 'O' ? (sex as 'F' | 'M' | 'O') : undefined,
    ageYears: ageYears(dataSet),
  };
}

const YEARS_IN_UNIT: Readonly<Record<string, number>> = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 };

/** PatientAge, else the whole years between birth and the study. */
function ageYears(dataSet: ReadableDataSet): number | undefined {
  const stated = /^(\d{3})([YMWD])$/.exec(dataSet.text('PatientAge') ?? '');
  if (stated !== null) return plausibleAge(Math.floor(Number(stated[1]) * YEARS_IN_UNIT[stated[2]]));
  const born = dateOf(dataSet, 'PatientBirthDate');
  const seen = dateOf(dataSet, 'StudyDate');
  if (born === null || seen === null) return undefined;
  return plausibleAge(Number(seen[1]) - Number(born[1]) - (seen[2] < born[2] ? 1 : 0));
}

/** Year, then month and day. */
function dateOf(dataSet: ReadableDataSet, name: 'PatientBirthDate' | 'StudyDate'): RegExpExecArray | null {
  const text = dataSet.text(name) ?? '';
  return textViolation('DA', text) === undefined ? /^(\d{4})(\d{4})$/.exec(text) : null;
}

const plausibleAge = (years: number) => (years >= 0 && years <= 130 ? years : undefined);

function wordOf(dataSet: ReadableDataSet, name: ElementName, words: ReadonlySet<string>): string | undefined {
  const word = dataSet.text(name)?.toUpperCase();
  return word !== undefined && words.has(word) ? word : undefined;
}

function count(
  dataSet: ReadableDataSet,
  name: ElementName,
  minimum: number,
  maximum = MAXIMUM_COUNT,
): number | undefined {
  const value = dataSet.number(name);
  if (value === undefined || !Number.isInteger(value)) return undefined;
  return value >= minimum && value <= maximum ? value : undefined;
}

/** All of exactly `multiplicity` numbers between the bounds (the lower one of lengths is excluded), or none of them. */
function measures<T extends readonly number[]>(
  dataSet: ReadableDataSet,
  name: ElementName,
  multiplicity: number,
  low: number,
  high: number,
): T | undefined {
  const values = dataSet.numbers(name);
  const plausible = values.every((value) => (low === 0 ? value > 0 : value >= low) && value <= high);
  return values.length === multiplicity && plausible ? (values as T) : undefined;
}
