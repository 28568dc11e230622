/**
 * Storage Commitment Push Model (PS3.4 Annex J): its UIDs, types and failure reasons, and the data sets of its N-ACTION and
 * N-EVENT-REPORT, read with every bound checked first.
 */
import {
  DicomError,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  StructureCheck,
  openPart10,
  parseUid,
  part10Preamble,
  requiredUid,
  writeDataSet,
  type ReadableDataSet,
  type Uid,
} from '@modelbank/dicom';
import type { SupportedContext } from '../scp/scp-options';

export const STORAGE_COMMITMENT = {
  sopClassUid: parseUid('1.2.840.10008.1.20.1'),
  /** The one well-known instance (PS3.4 J.3.5). */
  sopInstanceUid: parseUid('1.2.840.10008.1.20.1.1'),
  /** Action Type ID (J.3.2). */
  requestCommitment: 1,
  /** Event Type IDs (J.3.3). */
  allCommitted: 1,
  someFailed: 2,
} as const;

/** Small data sets of UIDs: what is negotiated for them. */
export const STORAGE_COMMITMENT_CONTEXT: SupportedContext = {
  abstractSyntax: STORAGE_COMMITMENT.sopClassUid,
  transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
};

/** Failure Reason (0008,1197), PS3.4 table J.3-2 and PS3.3 C.14.1.1. */
export const COMMITMENT_FAILURE = {
  processingFailure: 0x0110,
  noSuchObjectInstance: 0x0112,
  classInstanceConflict: 0x0119,
  duplicateTransactionUid: 0x0131,
} as const;

export interface ReferencedInstance {
  readonly sopClassUid: Uid;
  readonly sopInstanceUid: Uid;
}

export interface FailedInstance extends ReferencedInstance {
  readonly failureReason: number;
}

export interface CommitmentRequest {
  readonly transactionUid: Uid;
  readonly references: readonly ReferencedInstance[];
}

export interface CommitmentReport {
  readonly transactionUid: Uid;
  readonly committed: readonly ReferencedInstance[];
  readonly failed: readonly FailedInstance[];
}

/** Items, delimiters and elements of the largest list, and some more. */
const ELEMENTS_PER_REFERENCE = 8;
const OTHER_ELEMENTS = 1_000;
const NESTING = 8;

/** Reads the data set of an N-ACTION. Throws DicomError; DATASET_TOO_LARGE for more references than `maximum`. */
export function readCommitmentRequest(bytes: Buffer, transferSyntaxUid: string, maximum: number): CommitmentRequest {
  const dataSet = openBounded(bytes, transferSyntaxUid, maximum);
  const references = referencesIn(dataSet.items('ReferencedSOPSequence'), maximum);
  if (references.length === 0) throw new DicomError('DATASET_MALFORMED', 'the request references nothing');
  return { transactionUid: requiredUid(dataSet, 'TransactionUID', 'TransactionUID'), references };
}

/** Reads the data set of an N-EVENT-REPORT, for the side that asked. Throws DicomError. */
export function readCommitmentReport(bytes: Buffer, transferSyntaxUid: string, maximum: number): CommitmentReport {
  const dataSet = openBounded(bytes, transferSyntaxUid, maximum);
  const failedItems = dataSet.items('FailedSOPSequence');
  const failed = referencesIn(failedItems, maximum).map((reference, index) => ({
    ...reference,
    failureReason: failedItems[index].number('FailureReason') ?? COMMITMENT_FAILURE.processingFailure,
  }));
  return {
    transactionUid: requiredUid(dataSet, 'TransactionUID', 'TransactionUID'),
    committed: referencesIn(dataSet.items('ReferencedSOPSequence'), maximum),
    failed,
  };
}

export function writeCommitmentRequest(request: CommitmentRequest, transferSyntaxUid: string): Buffer {
  const { transactionUid, references } = request;
  return write({ TransactionUID: transactionUid, ReferencedSOPSequence: references.map(itemOf) }, transferSyntaxUid);
}

/** With only those sequences that have items (PS3.4 table J.3-2). */
export function writeCommitmentReport(report: CommitmentReport, transferSyntaxUid: string): Buffer {
  const { transactionUid, committed, failed } = report;
  const failedItems = failed.map((each) => ({ ...itemOf(each), FailureReason: each.failureReason }));
  return write(
    {
      TransactionUID: transactionUid,
      ...(committed.length > 0 ? { ReferencedSOPSequence: committed.map(itemOf) } : {}),
      ...(failed.length > 0 ? { FailedSOPSequence: failedItems } : {}),
    },
    transferSyntaxUid,
  );
}

function itemOf({ sopClassUid, sopInstanceUid }: ReferencedInstance) {
  return { ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid };
}

function write(dataSet: Parameters<typeof writeDataSet>[0], transferSyntaxUid: string): Buffer {
  const encoding = transferSyntaxUid === IMPLICIT_VR_LITTLE_ENDIAN ? 'implicit' : 'explicit';
  return Buffer.from(writeDataSet(dataSet, encoding));
}

/** The structure check runs before anything is parsed. */
function openBounded(bytes: Buffer, transferSyntaxUid: string, maximum: number): ReadableDataSet {
  const elements = maximum * ELEMENTS_PER_REFERENCE + OTHER_ELEMENTS;
  const check = new StructureCheck(transferSyntaxUid, { nesting: NESTING, elements });
  check.push(bytes);
  check.finish();
  const { sopClassUid, sopInstanceUid } = STORAGE_COMMITMENT;
  const preamble = part10Preamble({ sopClassUid, sopInstanceUid, transferSyntaxUid: parseUid(transferSyntaxUid) });
  return openPart10(Buffer.concat([preamble, bytes])).dataSet;
}

function referencesIn(items: readonly ReadableDataSet[], maximum: number): ReferencedInstance[] {
  if (items.length > maximum) throw new DicomError('DATASET_TOO_LARGE', `more than ${maximum} references`);
  return items.map((item) => ({
    sopClassUid: requiredUid(item, 'ReferencedSOPClassUID', 'ReferencedSOPClassUID'),
    sopInstanceUid: requiredUid(item, 'ReferencedSOPInstanceUID', 'ReferencedSOPInstanceUID'),
  }));
}
