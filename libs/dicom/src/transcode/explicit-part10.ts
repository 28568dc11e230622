/**
 * A stored instance written again in Explicit VR Little Endian (PS3.5 A.2), for receivers that take nothing else (PS3.18 8.7.3.5.2).
 * Element values stay as they are; only byte order, VRs and lengths are written anew. The pixel data follows from elsewhere.
 */
import { ByteWriter } from '../byte-writer';
import { DICTIONARY } from '../dictionary/dictionary';
import { littleEndianValue } from '../json/binary-value';
import { openPart10, requiredUid, type Part10Source } from '../open-part10';
import { part10Preamble } from '../part10';
import type { ReadableDataSet } from '../readable-data-set';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../transfer-syntaxes';
import { hasLongLength, isEncodedText, ITEM, paddingByte, type Vr } from '../value-representations';
import { MAXIMUM_SHORT_LENGTH, writeHeader, writeTag } from '../writer';

/** The native pixel data that is going to follow, all frames. */
export interface NativePixels {
  readonly byteLength: number;
  /** PixelData, or one of its float kin (PS3.3 C.7.6.24, C.7.6.25). */
  readonly tag: number;
  readonly vr: Vr;
  /** What the decoder gave, where it differs from what was stored (YBR becomes RGB, planes become pixels). */
  readonly photometricInterpretation?: string;
}

/**
 * Everything that stands before the first pixel: preamble, meta group, data set and the header of the pixel data. An odd `byteLength` is
 * counted up to even: the caller sends one byte more.
 */
export function explicitPart10Head(source: Part10Source, pixels?: NativePixels): Uint8Array {
  const { dataSet } = openPart10(source);
  const preamble = part10Preamble({
    sopClassUid: requiredUid(dataSet, 'SOPClassUID', 'SOPClassUID'),
    sopInstanceUid: requiredUid(dataSet, 'SOPInstanceUID', 'SOPInstanceUID'),
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  const writer = new ByteWriter(64 * 1024);
  writeLevel(writer, dataSet, changedElements(dataSet, pixels));
  if (pixels !== undefined) {
    writeHeader(writer, pixels.tag, pixels.vr, pixels.byteLength + (pixels.byteLength % 2), 'explicit');
  }
  return Buffer.concat([preamble, writer.finish()]);
}

type Changes = ReadonlyMap<number, Uint8Array>;

function changedElements(dataSet: ReadableDataSet, pixels: NativePixels | undefined): Changes {
  const changes = new Map<number, Uint8Array>();
  if (pixels?.photometricInterpretation === undefined) return changes;
  changes.set(DICTIONARY.PhotometricInterpretation.tag, Buffer.from(pixels.photometricInterpretation, 'latin1'));
  if (dataSet.has('PlanarConfiguration')) changes.set(DICTIONARY.PlanarConfiguration.tag, new Uint8Array(2));
  return changes;
}

const NOTHING: Changes = new Map();

function writeLevel(writer: ByteWriter, dataSet: ReadableDataSet, changes: Changes): void {
  for (const tag of [...dataSet.tags].sort((a, b) => a - b)) {
    if ((tag & 0xffff) === 0) continue;
    const vr = dataSet.vr(tag) ?? 'UN';
    if (vr === 'SQ') writeSequence(writer, tag, dataSet.items(tag));
    else writeValue(writer, tag, vr, changes.get(tag) ?? littleEndianValue(dataSet, tag));
  }
}

function writeValue(writer: ByteWriter, tag: number, vr: Vr, value: Uint8Array): void {
  const length = value.length + (value.length % 2);
  // a value too long for a 16-bit length becomes UN (PS3.5 6.2.2, note 3)
  const writtenVr = length > MAXIMUM_SHORT_LENGTH && !hasLongLength(vr) ? 'UN' : vr;
  writeHeader(writer, tag, writtenVr, length, 'explicit');
  writer.bytes(value);
  if (length > value.length) writer.bytes(Uint8Array.of(isEncodedText(vr) ? 0x20 : paddingByte(vr)));
}

function writeSequence(writer: ByteWriter, tag: number, items: readonly ReadableDataSet[]): void {
  writeHeader(writer, tag, 'SQ', 0, 'explicit');
  const start = writer.length;
  for (const item of items) {
    writeTag(writer, ITEM);
    writer.uint32(0);
    const itemStart = writer.length;
    writeLevel(writer, item, NOTHING);
    writer.patchUint32(itemStart - 4, writer.length - itemStart);
  }
  writer.patchUint32(start - 4, writer.length - start);
}
