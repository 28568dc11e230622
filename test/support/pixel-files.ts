/** Small image files byte by byte, with the pixels, transfer syntax and lies that a test wants. */
import { deriveUid, parseUid, part10Preamble } from '@modelbank/dicom';
import { element, unsigned } from './ct-slices';

export interface PixelFilePlan {
  readonly seed: string;
  /** Instances of one seed and series share study and series. */
  readonly k?: number;
  readonly series?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly frames?: number;
  readonly bitsAllocated?: number;
  readonly bitsStored?: number;
  readonly samples?: number;
  readonly photometric?: string;
  readonly transferSyntaxUid?: string;
  readonly sopClassUid?: string;
  /** Native pixels, or the compressed frames. */
  readonly pixels: Buffer | readonly Buffer[];
  /** Further elements, in the order of tags, before the pixel data; of group 0028 they follow ours. */
  readonly more?: readonly Buffer[];
}

const EXPLICIT = '1.2.840.10008.1.2.1';
const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

export function pixelFileUids({ seed, k = 0, series = 'a' }: Pick<PixelFilePlan, 'seed' | 'k' | 'series'>) {
  return {
    study: deriveUid(seed, 'study'),
    series: deriveUid(seed, 'series', series),
    instance: deriveUid(seed, 'instance', series, String(k)),
  };
}

export function pixelFile(plan: PixelFilePlan): Buffer {
  const { rows = 4, columns = 6, frames = 1, samples = 1, bitsAllocated = 16 } = plan;
  const { bitsStored = bitsAllocated, photometric = 'MONOCHROME2', k = 0 } = plan;
  const sopClassUid = plan.sopClassUid ?? SECONDARY_CAPTURE;
  const uids = pixelFileUids(plan);
  const preamble = part10Preamble({
    sopClassUid: parseUid(sopClassUid),
    sopInstanceUid: parseUid(uids.instance),
    transferSyntaxUid: parseUid(plan.transferSyntaxUid ?? EXPLICIT),
  });
  return Buffer.concat([
    preamble,
    element(0x00080016, 'UI', sopClassUid),
    element(0x00080018, 'UI', uids.instance),
    element(0x00080060, 'CS', 'OT'),
    element(0x00100010, 'PN', 'Duck^Donald'),
    element(0x00100020, 'LO', '0101011234'),
    element(0x0020000d, 'UI', uids.study),
    element(0x0020000e, 'UI', uids.series),
    element(0x00200013, 'IS', String(k + 1)),
    unsigned(0x00280002, samples),
    element(0x00280004, 'CS', photometric),
    ...(samples > 1 ? [unsigned(0x00280006, 0)] : []),
    element(0x00280008, 'IS', String(frames)),
    unsigned(0x00280010, rows),
    unsigned(0x00280011, columns),
    unsigned(0x00280100, bitsAllocated),
    unsigned(0x00280101, bitsStored),
    unsigned(0x00280102, bitsStored - 1),
    unsigned(0x00280103, 0),
    ...(plan.more ?? []),
    Buffer.isBuffer(plan.pixels)
      ? element(0x7fe00010, 'OW', plan.pixels)
      : encapsulated(plan.pixels as readonly Buffer[]),
  ]);
}

/** PS3.5 A.4: an empty offset table, a fragment for each frame. */
function encapsulated(frames: readonly Buffer[]): Buffer {
  const item = (bytes: Buffer) => {
    const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
    const header = Buffer.from('feff00e000000000', 'hex');
    header.writeUInt32LE(even.length, 4);
    return Buffer.concat([header, even]);
  };
  return Buffer.concat([
    Buffer.from('e07f10004f420000ffffffff', 'hex'),
    item(Buffer.alloc(0)),
    ...frames.map(item),
    Buffer.from('feffdde000000000', 'hex'),
  ]);
}

/** A rising ramp of 16-bit values. */
export function ramp(count: number, first = 0, step = 1): Buffer {
  const pixels = Buffer.alloc(count * 2);
  for (let at = 0; at < count; at++) pixels.writeUInt16LE((first + at * step) & 0xffff, at * 2);
  return pixels;
}
