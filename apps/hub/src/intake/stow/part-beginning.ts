/**
 * The beginning of a STOW part: preamble, prefix and file meta information (PS3.10 7.1), collected until the data set starts.
 * All of it is checked before a file is opened; the sender's preamble goes no further (CVE-2019-11687).
 */
import { HubError } from '@modelbank/contracts';
import { DicomError, programInPreamble, splitPart10, storageSopClassOf, transferSyntaxOf } from '@modelbank/dicom';
import type { FileMeta, Part10Envelope } from '@modelbank/dicom';
import { asDicomFailure } from '../intake-failures';

/** Real meta groups take some hundred bytes. */
const MOST_BYTES = 132 + 65_536 + 8;
/** An element's tag and VR: enough to see that the meta group is over. */
const NEXT_TAG_BYTES = 8;

export interface Beginning {
  readonly meta: FileMeta;
  /** What came of the data set already. */
  readonly rest: Buffer;
}

export class PartBeginning {
  private collected: Buffer = Buffer.alloc(0);
  private tryAgainAt = 132 + NEXT_TAG_BYTES;

  /** The beginning when it is complete; undefined while more must come. Throws where it opens no instance. */
  push(chunk: Buffer): Beginning | undefined {
    this.collected = this.collected.length === 0 ? chunk : Buffer.concat([this.collected, chunk]);
    if (this.collected.length < this.tryAgainAt) return undefined;
    // a sender of single bytes must not make us start anew for each of them
    this.tryAgainAt = 2 * this.collected.length;
    return this.read(false);
  }

  /** The part is over: whatever is missing will not come. */
  end(): Beginning {
    const beginning = this.read(true);
    if (beginning === undefined) throw new HubError('DATASET_TRUNCATED', 'the part ends inside its file meta group');
    return beginning;
  }

  private read(isWhole: boolean): Beginning | undefined {
    const bytes = this.collected;
    const program = programInPreamble(bytes);
    if (program !== undefined) throw new HubError('NOT_DICOM', `the preamble of the file is ${program}`);
    const envelope = this.split(bytes, isWhole);
    if (envelope === undefined) return undefined;
    return { meta: acceptedMeta(envelope), rest: bytes.subarray(envelope.dataSetOffset) };
  }

  private split(bytes: Buffer, isWhole: boolean): Part10Envelope | undefined {
    const mayGrow = !isWhole && bytes.length < MOST_BYTES;
    try {
      const envelope = splitPart10(bytes);
      const sawNextTag = envelope.dataSetOffset + NEXT_TAG_BYTES <= bytes.length;
      return sawNextTag || !mayGrow ? envelope : undefined;
    } catch (thrown) {
      if (mayGrow && isUnfinished(thrown, bytes)) return undefined;
      throw asDicomFailure(thrown);
    }
  }
}

/** A meta group that is cut off, or whose transfer syntax has not come yet. */
function isUnfinished(thrown: unknown, bytes: Buffer): boolean {
  if (!(thrown instanceof DicomError)) return false;
  return thrown.code === 'DATASET_TRUNCATED' || (thrown.code === 'DATASET_MALFORMED' && bytes.length < 1024);
}

/** PS3.10 7.1: (0002,0002), (0002,0003) and (0002,0010) are type 1; the last of them decides how the data set is read. */
function acceptedMeta({ meta }: Part10Envelope): FileMeta {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid } = meta;
  if (sopClassUid === undefined || sopInstanceUid === undefined) {
    throw new HubError('DATASET_MALFORMED', 'the file meta group does not name its instance');
  }
  if (storageSopClassOf(sopClassUid) === undefined) {
    throw new HubError('SOP_CLASS_NOT_SUPPORTED', 'objects of this SOP class are not accepted');
  }
  if (transferSyntaxOf(transferSyntaxUid) === undefined) {
    throw new HubError('TRANSFER_SYNTAX_NOT_SUPPORTED', 'objects in this transfer syntax are not accepted');
  }
  return { sopClassUid, sopInstanceUid, transferSyntaxUid };
}
