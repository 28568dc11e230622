/** CT slices byte by byte, apart from libs/dicom's writer, with whatever a test plants in them. Explicit VR little endian. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, deriveUid, parseUid, part10Preamble } from '@modelbank/dicom';

export const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';

export interface SliceFile {
  readonly path: string;
  readonly sopInstanceUid: string;
  readonly dataSet: Buffer;
}

export interface SlicePlan {
  /** Decides all UIDs. */
  readonly seed: string;
  readonly k: number;
  readonly side?: number;
  readonly sopClassUid?: string;
  readonly patientId?: string;
  /** Further elements, or others in place of ours. */
  readonly more?: readonly Buffer[];
}

const LONG_FORM: ReadonlySet<string> = new Set(['OB', 'OW', 'SQ', 'UC', 'UN', 'UR', 'UT']);

/** One element; text is padded as its VR wants it (PS3.5 6.2). */
export function element(tag: number, vr: string, value: string | Buffer): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const odd = raw.length % 2 === 1;
  const bytes = odd ? Buffer.concat([raw, Buffer.from(vr === 'UI' || vr.startsWith('O') ? '\0' : ' ')]) : raw;
  const header = Buffer.alloc(LONG_FORM.has(vr) ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (LONG_FORM.has(vr)) header.writeUInt32LE(bytes.length, 8);
  else header.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([header, bytes]);
}

export function unsigned(tag: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(tag, 'US', bytes);
}

/** A sequence of one item. */
export function sequence(tag: number, content: Buffer): Buffer {
  const item = Buffer.alloc(8);
  item.writeUInt16LE(0xfffe, 0);
  item.writeUInt16LE(0xe000, 2);
  item.writeUInt32LE(content.length, 4);
  return element(tag, 'SQ', Buffer.concat([item, content]));
}

export function sliceUids({ seed, k }: Pick<SlicePlan, 'seed' | 'k'>) {
  return {
    study: deriveUid(seed, 'study'),
    series: deriveUid(seed, 'series'),
    frame: deriveUid(seed, 'frame'),
    instance: deriveUid(seed, 'instance', String(k)),
  };
}

export function sliceDataSet(plan: SlicePlan): Buffer {
  const { k, side = 16, patientId = 'P1' } = plan;
  const uids = sliceUids(plan);
  const pixels = Buffer.alloc(side * side * 2);
  for (let i = 0; i < pixels.length; i += 2) pixels.writeInt16LE(((i * 7 + k) % 2000) - 1000, i);
  const elements = [
    element(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element(0x00080016, 'UI', plan.sopClassUid ?? CT_IMAGE_STORAGE),
    element(0x00080018, 'UI', uids.instance),
    element(0x00080060, 'CS', 'CT'),
    element(0x00100020, 'LO', patientId),
    element(0x0020000d, 'UI', uids.study),
    element(0x0020000e, 'UI', uids.series),
    element(0x00200013, 'IS', String(k + 1)),
    element(0x00200032, 'DS', `0\\0\\${3 * k}`),
    element(0x00200037, 'DS', '1\\0\\0\\0\\1\\0'),
    element(0x00200052, 'UI', uids.frame),
    unsigned(0x00280002, 1),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    unsigned(0x00280010, side),
    unsigned(0x00280011, side),
    element(0x00280030, 'DS', '1\\1'),
    unsigned(0x00280100, 16),
    unsigned(0x00280101, 16),
    unsigned(0x00280102, 15),
    unsigned(0x00280103, 1),
    element(0x7fe00010, 'OW', pixels),
  ];
  return inTagOrder([...(plan.more ?? []), ...elements]);
}

export async function writeSlice(folder: string, plan: SlicePlan): Promise<SliceFile> {
  const dataSet = sliceDataSet(plan);
  const sopInstanceUid = sliceUids(plan).instance;
  const preamble = part10Preamble({
    sopClassUid: parseUid(plan.sopClassUid ?? CT_IMAGE_STORAGE),
    sopInstanceUid,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  const path = join(folder, `${plan.seed.replace(/\W/g, '')}-${plan.k}.dcm`);
  await writeFile(path, Buffer.concat([preamble, dataSet]));
  return { path, sopInstanceUid, dataSet };
}

/** Ascending tags (PS3.5 7.1); of two elements with one tag the first stays. */
function inTagOrder(elements: readonly Buffer[]): Buffer {
  const byTag = new Map<number, Buffer>();
  for (const each of elements) {
    const tag = each.readUInt16LE(0) * 65536 + each.readUInt16LE(2);
    if (!byTag.has(tag)) byTag.set(tag, each);
  }
  return Buffer.concat([...byTag].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
}
