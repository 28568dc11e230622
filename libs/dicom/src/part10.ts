/**
 * The envelope of a stored instance (PS3.10 section 7.1): preamble, prefix and file meta information, which is always
 * explicit VR little endian. A sender's preamble is never kept: executables hide there (CVE-2019-11687).
 */
import { DicomError, tagText } from './dicom-error';
import { parseUid, type Uid } from './uid';
import { unpadUid } from './uid-capture';
import { hasLongLength, paddingByte, vrOfCode, type Vr } from './value-representations';

/** Names this software as the writer of files and, in associations, as the peer (PS3.7 D.3.3.2). */
export const IMPLEMENTATION_CLASS_UID = parseUid('2.25.25430125807895435515777044039953591554');
export const IMPLEMENTATION_VERSION_NAME = 'MODELBANK_01';

export interface FileMeta {
  readonly sopClassUid: Uid;
  readonly sopInstanceUid: Uid;
  readonly transferSyntaxUid: Uid;
  readonly sourceAeTitle?: string;
}

/** What a file says of itself. Senders leave out what they must not: only the transfer syntax is always there. */
export interface Part10Envelope {
  readonly meta: Partial<FileMeta> & { readonly transferSyntaxUid: Uid };
  /** Where the data set begins. */
  readonly dataSetOffset: number;
  /** The meta group says that it is longer or shorter than it is. */
  readonly groupLengthIsWrong?: boolean;
}

const PREFIX_END = 132;
const GROUP_LENGTH_ELEMENT_BYTES = 12;
const MAXIMUM_META_BYTES = 65536;

/** Everything that stands before the data set in a file. */
export function part10Preamble(meta: FileMeta): Uint8Array {
  const elements = [
    metaElement(0x0001, 'OB', new Uint8Array([0, 1])),
    metaElement(0x0002, 'UI', meta.sopClassUid),
    metaElement(0x0003, 'UI', meta.sopInstanceUid),
    metaElement(0x0010, 'UI', meta.transferSyntaxUid),
    metaElement(0x0012, 'UI', IMPLEMENTATION_CLASS_UID),
    metaElement(0x0013, 'SH', IMPLEMENTATION_VERSION_NAME),
    ...(meta.sourceAeTitle === undefined ? [] : [metaElement(0x0016, 'AE', meta.sourceAeTitle)]),
  ];
  const groupLength = new Uint8Array(4);
  new DataView(groupLength.buffer).setUint32(
    0,
    elements.reduce((sum, each) => sum + each.length, 0),
    true,
  );
  const prefix = new Uint8Array(PREFIX_END);
  prefix.set([0x44, 0x49, 0x43, 0x4d], 128);
  return Buffer.concat([prefix, metaElement(0x0000, 'UL', groupLength), ...elements]);
}

/**
 * Finds the data set of a file by reading the meta elements one by one: the group length, which senders get wrong, is not
 * trusted. Throws NOT_DICOM without the prefix, DATASET_MALFORMED or _TRUNCATED for a broken meta group.
 */
export function splitPart10(bytes: Uint8Array): Part10Envelope {
  if (bytes.length < PREFIX_END || String.fromCharCode(...bytes.subarray(128, PREFIX_END)) !== 'DICM') {
    throw new DicomError('NOT_DICOM', 'the file has no DICM prefix at byte 128');
  }
  const values = new Map<number, string>();
  let at = PREFIX_END;
  while (at + 2 <= bytes.length && bytes[at] === 0x02 && bytes[at + 1] === 0x00) {
    const found = readMetaElement(bytes, at);
    if (values.has(found.element))
      throw new DicomError('DATASET_MALFORMED', `${metaTag(found.element)} is there twice`);
    values.set(found.element, found.text);
    at = found.end;
    if (at > PREFIX_END + MAXIMUM_META_BYTES)
      throw new DicomError('DATASET_TOO_LARGE', 'the file meta group is too long');
  }
  const transferSyntaxUid = metaUid(values, 0x0010);
  if (transferSyntaxUid === undefined) {
    throw new DicomError('DATASET_MALFORMED', 'the file does not name its transfer syntax');
  }
  return {
    meta: {
      sopClassUid: metaUid(values, 0x0002),
      sopInstanceUid: metaUid(values, 0x0003),
      transferSyntaxUid,
      sourceAeTitle: values.get(0x0016)?.trim() || undefined,
    },
    dataSetOffset: at,
    ...(isWrongGroupLength(values.get(0x0000), at) ? { groupLengthIsWrong: true } : {}),
  };
}

/** (0002,0000) counts the bytes behind it to the end of the group (PS3.10 7.1); where it is missing it says nothing wrong. */
function isWrongGroupLength(stated: string | undefined, groupEnd: number): boolean {
  if (stated === undefined) return false;
  const bytes = Buffer.from(stated, 'latin1');
  return bytes.length !== 4 || bytes.readUInt32LE(0) !== groupEnd - PREFIX_END - GROUP_LENGTH_ELEMENT_BYTES;
}

function metaElement(element: number, vr: Vr, value: string | Uint8Array): Uint8Array {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const padded = new Uint8Array(raw.length + (raw.length % 2)).fill(paddingByte(vr));
  padded.set(raw);
  const header = new Uint8Array(hasLongLength(vr) ? 12 : 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, 0x0002, true);
  view.setUint16(2, element, true);
  header.set([vr.charCodeAt(0), vr.charCodeAt(1)], 4);
  if (hasLongLength(vr)) view.setUint32(8, padded.length, true);
  else view.setUint16(6, padded.length, true);
  return Buffer.concat([header, padded]);
}

function readMetaElement(bytes: Uint8Array, at: number): { element: number; text: string; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + 8 > bytes.length) throw new DicomError('DATASET_TRUNCATED', 'the file ends inside its meta group');
  const element = view.getUint16(at + 2, true);
  const vr = vrOfCode(bytes[at + 4], bytes[at + 5]);
  if (vr === undefined) throw new DicomError('DATASET_MALFORMED', `${metaTag(element)} has no known VR`);
  const headerBytes = hasLongLength(vr) ? 12 : 8;
  if (at + headerBytes > bytes.length) throw new DicomError('DATASET_TRUNCATED', 'the file ends inside its meta group');
  const length = hasLongLength(vr) ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
  if (length > MAXIMUM_META_BYTES) throw new DicomError('DATASET_MALFORMED', `${metaTag(element)} is too long`);
  const start = at + headerBytes;
  if (start + length > bytes.length) throw new DicomError('DATASET_TRUNCATED', 'the file ends inside its meta group');
  const text = vr === 'OB' ? '' : Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
  return { element, text, end: start + length };
}

function metaUid(values: ReadonlyMap<number, string>, element: number): Uid | undefined {
  const text = unpadUid(values.get(element) ?? '');
  return text === '' ? undefined : parseUid(text);
}

const metaTag = (element: number) => tagText(0x00020000 | element);
