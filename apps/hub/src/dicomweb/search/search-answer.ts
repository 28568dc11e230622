/** What a search returns of each study, series and instance (PS3.18 tables 10.6.3-3 to 10.6.3-5), as DICOM JSON (Annex F). */
import type { CalledAe } from '@modelbank/contracts';
import { instancePath, seriesPath, studyPath } from '../paths';
import type { FoundObject, FoundSeries, FoundStudy } from './found-objects';
import type { HeaderKeyword, HeaderTexts } from './object-headers';

export type JsonDataSet = Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>;

export interface ServiceAddress {
  readonly baseUrl: string;
  readonly calledAe: CalledAe;
}

const STUDY_TEXTS: readonly (readonly [tag: string, vr: string, keyword: HeaderKeyword])[] = [
  ['00080020', 'DA', 'StudyDate'],
  ['00080030', 'TM', 'StudyTime'],
  ['00080050', 'SH', 'AccessionNumber'],
  ['00080090', 'PN', 'ReferringPhysicianName'],
  ['00081030', 'LO', 'StudyDescription'],
  ['00100010', 'PN', 'PatientName'],
  ['00100020', 'LO', 'PatientID'],
  ['00100021', 'LO', 'IssuerOfPatientID'],
  ['00100030', 'DA', 'PatientBirthDate'],
  ['00100040', 'CS', 'PatientSex'],
  ['00200010', 'SH', 'StudyID'],
];
const SERIES_TEXTS: typeof STUDY_TEXTS = [
  ['0008103E', 'LO', 'SeriesDescription'],
  ['00200011', 'IS', 'SeriesNumber'],
];

export function studyAnswer(study: FoundStudy, texts: HeaderTexts, { baseUrl, calledAe }: ServiceAddress): JsonDataSet {
  const instances = study.series.reduce((sum, series) => sum + series.instances, 0);
  return inTagOrder({
    ...COMMON,
    ...textElements(STUDY_TEXTS, texts),
    '00080061': element('CS', modalitiesOf(study)),
    '00081190': element('UR', [baseUrl + studyPath(calledAe, study.studyInstanceUid)]),
    '0020000D': element('UI', [study.studyInstanceUid]),
    '00201206': element('IS', [study.series.length]),
    '00201208': element('IS', [instances]),
  });
}

export function seriesAnswer(
  series: FoundSeries,
  texts: HeaderTexts,
  { baseUrl, calledAe }: ServiceAddress,
): JsonDataSet {
  const { studyInstanceUid, seriesInstanceUid, header } = series.sample;
  return inTagOrder({
    ...COMMON,
    ...textElements(SERIES_TEXTS, texts),
    '00080060': element('CS', [header.modality]),
    '00081190': element('UR', [baseUrl + seriesPath(calledAe, studyInstanceUid, seriesInstanceUid)]),
    '0020000D': element('UI', [studyInstanceUid]),
    '0020000E': element('UI', [seriesInstanceUid]),
    '00201209': element('IS', [series.instances]),
  });
}

export function instanceAnswer(object: FoundObject, { baseUrl, calledAe }: ServiceAddress): JsonDataSet {
  const { header } = object;
  return inTagOrder({
    ...COMMON,
    '00080016': element('UI', [object.sopClassUid]),
    '00080018': element('UI', [object.sopInstanceUid]),
    '00080060': element('CS', [header.modality]),
    '00081190': element('UR', [baseUrl + instancePath(calledAe, object)]),
    '00083002': element('UI', [object.transferSyntaxUid]),
    '0020000D': element('UI', [object.studyInstanceUid]),
    '0020000E': element('UI', [object.seriesInstanceUid]),
    '00200013': element('IS', [header.instanceNumber]),
    '00280008': element('IS', [header.numberOfFrames]),
    '00280010': element('US', [header.rows]),
    '00280011': element('US', [header.columns]),
  });
}

export function modalitiesOf({ series }: FoundStudy): string[] {
  return [...new Set(series.map(({ sample }) => sample.header.modality))].sort();
}

function element(vr: string, values: readonly (string | number | undefined)[]): JsonDataSet[string] {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? { vr } : { vr, Value: known };
}

const COMMON: JsonDataSet = {
  '00080005': element('CS', ['ISO_IR 192']),
  '00080056': element('CS', ['ONLINE']),
};

function textElements(table: typeof STUDY_TEXTS, texts: HeaderTexts): JsonDataSet {
  return Object.fromEntries(table.map(([tag, vr, keyword]) => [tag, textElement(vr, texts[keyword])]));
}

function textElement(vr: string, values: readonly string[]): JsonDataSet[string] {
  if (values.length === 0) return { vr };
  if (vr === 'PN') return { vr, Value: values.map(nameGroups) };
  // PS3.18 F.2.3: numbers are numbers, unless they are none
  if (vr === 'IS' && values.every((value) => /^[+-]?\d{1,12}$/.test(value))) return { vr, Value: values.map(Number) };
  return { vr, Value: values };
}

/** PS3.18 F.2.2: the component groups of PS3.5 6.2.1. */
function nameGroups(name: string): Record<string, string> {
  const [alphabetic = '', ideographic = '', phonetic = ''] = name.split('=', 3);
  return {
    ...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
    ...(ideographic === '' ? {} : { Ideographic: ideographic }),
    ...(phonetic === '' ? {} : { Phonetic: phonetic }),
  };
}

function inTagOrder(dataSet: JsonDataSet): JsonDataSet {
  return Object.fromEntries(Object.entries(dataSet).sort(([a], [b]) => (a < b ? -1 : 1)));
}
