/** The patient and study modules of the images, as far as they can be repeated in a valid object. */
import { DicomError, writeDataSet, type DataSet, type PatientStudyModule } from '@modelbank/dicom';

/** Without these the object would belong to nobody, or to someone else: they are repeated exactly or not written at all. */
const IDENTITY: ReadonlySet<string> = new Set(['PatientName', 'PatientID', 'IssuerOfPatientID', 'StudyInstanceUID']);

/**
 * The modules for the result. Where a sender's text breaks the rules of its VR (a time of 25:61, say), the element is left
 * empty, except for the identity, which is written as it is or refused.
 */
export function acceptedStudyModule(study: PatientStudyModule): DataSet {
  const accepted = Object.entries(study).map(([keyword, value]) => {
    const keep = value === undefined || value === null || IDENTITY.has(keyword) || canBeWritten({ [keyword]: value });
    return [keyword, keep ? value : null];
  });
  return Object.fromEntries(accepted) as DataSet;
}

function canBeWritten(dataSet: DataSet): boolean {
  try {
    writeDataSet(dataSet, 'explicit');
    return true;
  } catch (error) {
    if (error instanceof DicomError) return false;
    throw error;
  }
}
