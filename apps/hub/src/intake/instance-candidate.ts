/** What of a received file goes into its row: header facts, digests, and the pseudonym of the patient. Identity ends here. */
import type { InstanceHeader, StructureSummary } from '@modelbank/dicom';
import {
  checkPixelClaims,
  openPart10,
  readInstanceHeader,
  readPatientIdentity,
  requireInstanceUids,
  requireSameInstance,
} from '@modelbank/dicom';
import { patientKey } from '@modelbank/platform';
import type { AnnouncedInstance, Arrival } from './arrival';
import { asDicomFailure } from './intake-failures';

export interface StoredFile {
  /** The same for the same class, UID, transfer syntax and bytes, whoever sent them: that of the file, which is made of them alone. */
  readonly contentSha256: string;
  /** SHA-256 of the file. */
  readonly objectSha256: string;
  readonly sizeBytes: number;
}

export interface InstanceCandidate {
  readonly arrival: Arrival;
  readonly header: InstanceHeader;
  /** Null where the sender gave no PatientID. */
  readonly patientKey: string | null;
  readonly file: StoredFile;
  readonly objectKey: string;
  readonly receivedAt: Date;
}

/** PS3.4 B.2.3: the data set must be the instance that was announced. */
export function checkAnnounced(announced: AnnouncedInstance, summary: StructureSummary): void {
  try {
    requireSameInstance(summary, announced);
    requireInstanceUids(summary);
  } catch (thrown) {
    throw asDicomFailure(thrown);
  }
}

/** Checks and reads the header in the first bytes; the identity leaves only as its keyed digest. */
export function readHeader(prefix: Buffer, centreKey: Uint8Array): Pick<InstanceCandidate, 'header' | 'patientKey'> {
  try {
    const part10 = openPart10(prefix);
    checkPixelClaims(part10);
    const { patientId, issuerOfPatientId } = readPatientIdentity(part10);
    const isKnown = patientId.trim() !== '';
    return {
      header: readInstanceHeader(part10),
      patientKey: isKnown ? patientKey(centreKey, issuerOfPatientId, patientId) : null,
    };
  } catch (thrown) {
    throw asDicomFailure(thrown);
  }
}
