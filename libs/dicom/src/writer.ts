/**
 * Writes data sets (PS3.5 section 7): elements sorted by tag, even lengths, sequences of defined length, text in UTF-8
 * (ISO_IR 192). Everything is checked on the way; what cannot be said exactly as given is refused.
 */
import { ByteWriter } from './byte-writer';
import { DicomError } from './dicom-error';
import {
  DICTIONARY,
  isUsOrSs,
  type BulkValue,
  type DataSet,
  type Keyword,
  type NumberValue,
  type TextValue,
} from './dictionary/dictionary';
import { encodeValue } from './encode-value';
import { part10Preamble } from './part10';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntaxes';
import { parseUid } from './uid';
import { hasLongLength, ITEM, type Vr } from './value-representations';

/** Little endian with or without VRs. */
export type WrittenEncoding = 'explicit' | 'implicit';

/** Values longer than this cannot be written with a 16-bit length (PS3.5 7.1.2). */
export const MAXIMUM_SHORT_LENGTH = 65534;

/** The bytes of a data set. Throws DATASET_MALFORMED, naming the keyword, for a value that its VR does not allow. */
export function writeDataSet(dataSet: DataSet, encoding: WrittenEncoding): Uint8Array {
  const writer = new ByteWriter(64 * 1024);
  writeElements(writer, { SpecificCharacterSet: 'ISO_IR 192', ...dataSet }, { encoding, signedPixels: false });
  return writer.finish();
}

/** A whole file. SOPClassUID and SOPInstanceUID of the data set name the instance in its meta group. */
export function writePart10(
  dataSet: DataSet,
  options: { readonly encoding?: WrittenEncoding; readonly sourceAeTitle?: string } = {},
): Uint8Array {
  const encoding = options.encoding ?? 'explicit';
  const preamble = part10Preamble({
    sopClassUid: parseUid(String(dataSet.SOPClassUID ?? '')),
    sopInstanceUid: parseUid(String(dataSet.SOPInstanceUID ?? '')),
    transferSyntaxUid: encoding === 'explicit' ? EXPLICIT_VR_LITTLE_ENDIAN : IMPLICIT_VR_LITTLE_ENDIAN,
    sourceAeTitle: options.sourceAeTitle,
  });
  return Buffer.concat([preamble, writeDataSet(dataSet, encoding)]);
}

interface WritingContext {
  readonly encoding: WrittenEncoding;
  /** PixelRepresentation of this data set or the one around it: decides US or SS (PS3.3 C.7.6.3.1). */
  readonly signedPixels: boolean;
}

function writeElements(writer: ByteWriter, dataSet: DataSet, around: WritingContext): void {
  if (dataSet.SpecificCharacterSet !== undefined && String(dataSet.SpecificCharacterSet) !== 'ISO_IR 192') {
    throw new DicomError('DATASET_MALFORMED', 'SpecificCharacterSet must be ISO_IR 192: text is written in UTF-8');
  }
  const represented = dataSet.PixelRepresentation;
  const context = typeof represented === 'number' ? { ...around, signedPixels: represented === 1 } : around;
  const keywords = (Object.keys(dataSet) as Keyword[]).filter((keyword) => dataSet[keyword] !== undefined);
  for (const keyword of keywords) {
    if (!(keyword in DICTIONARY)) throw new DicomError('DATASET_MALFORMED', 'a keyword is not in the dictionary');
  }
  keywords.sort((a, b) => DICTIONARY[a].tag - DICTIONARY[b].tag);
  for (const keyword of keywords) writeElement(writer, keyword, dataSet[keyword] ?? null, context);
}

type AnyValue = NumberValue | BulkValue | TextValue | readonly DataSet[];

function writeElement(writer: ByteWriter, keyword: Keyword, value: AnyValue | null, context: WritingContext): void {
  const { tag, vm } = DICTIONARY[keyword];
  const vr = writtenVr(keyword, context);
  if (vr === 'SQ') {
    writeHeader(writer, tag, vr, 0, context.encoding);
    return writeSequence(writer, keyword, (value ?? []) as readonly DataSet[], context);
  }
  const bytes =
    value === null ? new Uint8Array(0) : encodeValue({ keyword, vr, vm }, value as NumberValue | BulkValue | TextValue);
  if (bytes.length > MAXIMUM_SHORT_LENGTH && !hasLongLength(vr)) {
    throw new DicomError('DATASET_MALFORMED', `${keyword} is longer than ${MAXIMUM_SHORT_LENGTH} bytes`);
  }
  writeHeader(writer, tag, vr, bytes.length, context.encoding);
  writer.bytes(bytes);
}

/** Items of defined length in a sequence of defined length; both lengths are filled in afterwards. */
function writeSequence(writer: ByteWriter, keyword: Keyword, items: readonly DataSet[], context: WritingContext): void {
  if (!Array.isArray(items)) throw new DicomError('DATASET_MALFORMED', `${keyword} takes items`);
  const start = writer.length;
  for (const item of items) {
    writeTag(writer, ITEM);
    writer.uint32(0);
    const itemStart = writer.length;
    writeElements(writer, item, context);
    writer.patchUint32(itemStart - 4, writer.length - itemStart);
  }
  writer.patchUint32(start - 4, writer.length - start);
}

/** Tag, VR and length of an element (PS3.5 7.1). */
export function writeHeader(writer: ByteWriter, tag: number, vr: Vr, length: number, encoding: WrittenEncoding): void {
  writeTag(writer, tag);
  if (encoding === 'explicit') {
    writer.ascii(vr);
    if (!hasLongLength(vr)) return writer.uint16(length);
    writer.uint16(0);
  }
  writer.uint32(length);
}

export function writeTag(writer: ByteWriter, tag: number): void {
  writer.uint16(tag >>> 16);
  writer.uint16(tag & 0xffff);
}

function writtenVr(keyword: Keyword, context: WritingContext): Vr {
  return context.signedPixels && isUsOrSs(DICTIONARY[keyword].tag) ? 'SS' : DICTIONARY[keyword].vr;
}
