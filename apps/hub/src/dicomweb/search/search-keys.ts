/** The attributes that can be searched by (PS3.18 table 10.6.1-5), with what is compared. Others are refused, never ignored. */

export type SearchLevel = 'study' | 'series' | 'instance';
export const LEVELS: readonly SearchLevel[] = ['study', 'series', 'instance'];

export type KeyKind = 'uid' | 'text' | 'date' | 'time' | 'patientId' | 'issuer' | 'refused';

export interface SearchKey {
  readonly keyword: string;
  /** Eight hexadecimal digits, upper case. */
  readonly tag: string;
  readonly level: SearchLevel;
  readonly kind: KeyKind;
}

const key = (keyword: string, tag: string, level: SearchLevel, kind: KeyKind): SearchKey => ({
  keyword,
  tag,
  level,
  kind,
});

export const SEARCH_KEYS = [
  key('StudyDate', '00080020', 'study', 'date'),
  key('StudyTime', '00080030', 'study', 'time'),
  key('AccessionNumber', '00080050', 'study', 'text'),
  key('ModalitiesInStudy', '00080061', 'study', 'text'),
  key('StudyDescription', '00081030', 'study', 'text'),
  // rows hold no names, and a search by name over all files would find the wrong person
  key('PatientName', '00100010', 'study', 'refused'),
  key('PatientID', '00100020', 'study', 'patientId'),
  key('IssuerOfPatientID', '00100021', 'study', 'issuer'),
  key('StudyInstanceUID', '0020000D', 'study', 'uid'),
  key('StudyID', '00200010', 'study', 'text'),
  key('Modality', '00080060', 'series', 'text'),
  key('SeriesDescription', '0008103E', 'series', 'text'),
  key('SeriesInstanceUID', '0020000E', 'series', 'uid'),
  key('SeriesNumber', '00200011', 'series', 'text'),
  key('SOPClassUID', '00080016', 'instance', 'uid'),
  key('SOPInstanceUID', '00080018', 'instance', 'uid'),
  key('InstanceNumber', '00200013', 'instance', 'text'),
] as const;

const BY_NAME: ReadonlyMap<string, SearchKey> = new Map(
  SEARCH_KEYS.flatMap((each) => [[each.keyword, each] as const, [each.tag, each] as const]),
);

/** By keyword, or by tag in either case. */
export function searchKeyOf(name: string): SearchKey | undefined {
  return BY_NAME.get(name) ?? BY_NAME.get(name.toUpperCase());
}
