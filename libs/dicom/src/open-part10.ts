/** Opens a file, or the first bytes of one, for reading its header; nothing is decoded before it is asked for. */
import { DicomError } from './dicom-error';
import type { ElementName } from './dictionary/dictionary';
import { scanHeader, type Level, type ScannedElement } from './element-scan';
import { splitPart10, type Part10Envelope } from './part10';
import { ReadableDataSet } from './readable-data-set';
import { encodingOf } from './structure-frames';
import { transferSyntaxOf, type TransferSyntax } from './transfer-syntaxes';
import type { Uid } from './uid';
import { PIXEL_DATA } from './value-representations';

export interface Part10 {
  readonly bytes: Uint8Array;
  readonly meta: Part10Envelope['meta'];
  readonly dataSetOffset: number;
  readonly transferSyntax: TransferSyntax;
  readonly dataSet: ReadableDataSet;
}

/** Header readers take the bytes of a file, or one that is open already. */
export type Part10Source = Uint8Array | Part10;

/**
 * Opens the header of a file: everything before the pixel data. `bytes` may be a prefix. Throws NOT_DICOM, and
 * DATASET_MALFORMED for a broken header or a transfer syntax that is not accepted.
 */
export function openPart10(source: Part10Source): Part10 {
  return source instanceof Uint8Array ? open(source, (tag) => tag >>> 16 === 0x7fe0) : source;
}

/** Opens a whole file, pixel data included. */
export function openPart10WithPixels(bytes: Uint8Array): Part10 {
  return open(bytes, () => false);
}

/**
 * Where the pixel data of a file is, from its first bytes: the header of the element only (PS3.3 C.7.6.3, C.7.6.24, C.7.6.25).
 * Undefined where there is none, or where the bytes end before it.
 */
export function findPixelData(part10: Part10): ScannedElement | undefined {
  return scanHeader(topLevel(part10), (tag) => PIXEL_ELEMENTS.has(tag));
}

const PIXEL_ELEMENTS: ReadonlySet<number> = new Set([PIXEL_DATA, 0x7fe00008, 0x7fe00009]);

function topLevel({ bytes, dataSetOffset, transferSyntax }: Omit<Part10, 'dataSet'>): Level {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { view, start: dataSetOffset, end: Infinity, encoding: encodingOf(transferSyntax), depth: 0 };
}

function open(bytes: Uint8Array, stopsAt: (tag: number) => boolean): Part10 {
  const { meta, dataSetOffset } = splitPart10(bytes);
  const transferSyntax = transferSyntaxOf(meta.transferSyntaxUid);
  if (transferSyntax === undefined) throw new DicomError('DATASET_MALFORMED', 'not an accepted transfer syntax');
  const opened = { bytes, meta, dataSetOffset, transferSyntax };
  return { ...opened, dataSet: new ReadableDataSet(topLevel(opened), { stopsAt }) };
}

/** A UID that must be there. Throws UID_INVALID naming the attribute only. */
export function requiredUid(dataSet: ReadableDataSet, name: ElementName, label: string): Uid {
  const uids = dataSet.texts(name);
  const uid = dataSet.uid(name);
  if (uid === undefined || uids.length !== 1)
    throw new DicomError('UID_INVALID', `${label} is missing or is not one UID`);
  return uid;
}
