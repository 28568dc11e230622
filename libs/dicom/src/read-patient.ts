/**
 * What belongs to the patient and the study in a header, decoded to Unicode. For two uses only: the pseudonym that intake
 * makes at once, and the modules that a result copies from its images (PS3.3 C.7.1.1, C.7.2.1). Never for a row or a log.
 */
import { DICTIONARY, type Keyword } from './dictionary/dictionary';
import { openPart10, requiredUid, type Part10Source } from './open-part10';
import type { ReadableDataSet } from './readable-data-set';
import { textViolation } from './text-rules';
import type { Uid } from './uid';

export interface PatientIdentity {
  /** Empty where the sender gave none: the instance is acknowledged and held. */
  readonly patientId: string;
  readonly issuerOfPatientId: string;
}

/** Who the patient is, for the pseudonym of the centre. */
export function readPatientIdentity(source: Part10Source): PatientIdentity {
  const { dataSet } = openPart10(source);
  return { patientId: dataSet.text('PatientID') ?? '', issuerOfPatientId: dataSet.text('IssuerOfPatientID') ?? '' };
}

export interface SeriesDescriptions {
  readonly study?: string;
  readonly series?: string;
  readonly protocol?: string;
}

/** Descriptions for the pattern rules of selection; used in memory only, because names stand in them. */
export function readDescriptions(source: Part10Source): SeriesDescriptions {
  const { dataSet } = openPart10(source);
  return {
    study: dataSet.text('StudyDescription'),
    series: dataSet.text('SeriesDescription'),
    protocol: dataSet.text('ProtocolName'),
  };
}

/** Keywords are those of the standard, so that the values go straight into the data set of a result. */
export interface PatientStudyModule {
  readonly PatientName: string | null;
  readonly PatientID: string | null;
  readonly IssuerOfPatientID?: string;
  readonly PatientBirthDate: string | null;
  readonly PatientSex: string | null;
  readonly StudyInstanceUID: Uid;
  readonly StudyDate: string | null;
  readonly StudyTime: string | null;
  readonly StudyID: string | null;
  readonly AccessionNumber: string | null;
  readonly ReferringPhysicianName: string | null;
  readonly StudyDescription?: string;
}

/**
 * The patient and study modules of a result made from this instance. Name, id and issuer are exactly the sender's; of the
 * rest, a value that the standard does not allow becomes an allowed spelling of the same, or empty (type 2).
 */
export function readPatientStudyModule(source: Part10Source): PatientStudyModule {
  const { dataSet } = openPart10(source);
  return {
    PatientName: dataSet.text('PatientName') ?? null,
    PatientID: dataSet.text('PatientID') ?? null,
    IssuerOfPatientID: dataSet.text('IssuerOfPatientID'),
    PatientBirthDate: allowed(dataSet, 'PatientBirthDate'),
    PatientSex: sexOf(dataSet.text('PatientSex')),
    StudyInstanceUID: requiredUid(dataSet, 'StudyInstanceUID', 'StudyInstanceUID'),
    StudyDate: allowed(dataSet, 'StudyDate'),
    StudyTime: allowed(dataSet, 'StudyTime'),
    StudyID: allowed(dataSet, 'StudyID'),
    AccessionNumber: allowed(dataSet, 'AccessionNumber'),
    ReferringPhysicianName: allowed(dataSet, 'ReferringPhysicianName'),
    StudyDescription: allowed(dataSet, 'StudyDescription') ?? undefined,
  };
}

/** The text as its VR allows it; dates `2026.01.31` and times `12:30:00` of older senders are spelt anew (PS3.5 6.2). */
function allowed(dataSet: ReadableDataSet, keyword: Keyword): string | null {
  const { vr } = DICTIONARY[keyword];
  let text = dataSet.text(keyword) ?? null;
  if (text !== null && vr === 'DA') text = text.replace(/^(\d{4})\.(\d{2})\.(\d{2})$/, '$1$2$3');
  if (text !== null && vr === 'TM') text = text.replace(/^(\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?$/, '$1$2$3');
  return text === null || textViolation(vr, text) !== undefined ? null : text;
}

const sexOf = (text: string | undefined) => (text === 'F' || text === 'M' || text === 'O' ? text : null);
