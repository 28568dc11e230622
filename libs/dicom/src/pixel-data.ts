/**
 * The frames of an instance as they are stored: native ones cut from the element (PS3.5 8.1), encapsulated ones joined from
 * their fragments (PS3.5 A.4) by the extended or basic offset table. Nothing is decompressed here.
 */
import { DicomError } from './dicom-error';
import { scanFragments, type Fragment, type ScannedElement } from './element-scan';
import { openPart10WithPixels, type Part10 } from './open-part10';
import { readPixelDescription, type PixelDescription } from './pixel-description';

/**
 * The frames of a whole file: native pixels in little-endian order (1-bit ones packed, each frame from its first bit), or
 * one compressed stream each. Throws DATASET_TRUNCATED or DECODING_FAILED.
 */
export function readPixelFrames(bytes: Uint8Array): Uint8Array[] {
  const part10 = openPart10WithPixels(bytes);
  const description = readPixelDescription(part10);
  const element = part10.dataSet.element('PixelData');
  if (element === undefined) throw new DicomError('DATASET_TRUNCATED', 'there is no whole pixel data element');
  if (element.undefinedLength !== part10.transferSyntax.encapsulated) {
    throw new DicomError('DECODING_FAILED', 'the pixel data is not encoded as its transfer syntax says');
  }
  return element.undefinedLength
    ? encapsulatedFrames(part10, element, description)
    : nativeFrames(part10, element, description);
}

function nativeFrames(part10: Part10, element: ScannedElement, description: PixelDescription): Uint8Array[] {
  const { frameBytes, numberOfFrames, bitsAllocated, rows, columns, samplesPerPixel } = description;
  const bitsPerFrame = BigInt(rows) * BigInt(columns) * BigInt(samplesPerPixel) * BigInt(bitsAllocated);
  const needed = (bitsPerFrame * BigInt(numberOfFrames) + 7n) / 8n;
  const length = BigInt(element.end - element.start);
  if (length < needed || length > needed + 1n) {
    throw new DicomError('DECODING_FAILED', 'the pixel data does not have the length that its description asks for');
  }
  const pixels = littleEndianPixels(part10.bytes.subarray(element.start, element.end), element, bitsAllocated);
  return Array.from({ length: numberOfFrames }, (_, frame) =>
    bitsAllocated === 1
      ? bitFrame(pixels, Number(bitsPerFrame) * frame, Number(bitsPerFrame))
      : pixels.subarray(frame * frameBytes, (frame + 1) * frameBytes),
  );
}

/** Big-endian OW is swapped by words, and 32-bit pixels whole (PS3.5 Annex D). */
function littleEndianPixels(pixels: Uint8Array, element: ScannedElement, bitsAllocated: number): Uint8Array {
  if (element.encoding.littleEndian || (element.vr !== 'OW' && bitsAllocated <= 8)) return pixels;
  const swapped = Buffer.from(pixels);
  const unit = bitsAllocated === 32 ? 4 : 2;
  const words = swapped.subarray(0, swapped.length - (swapped.length % unit));
  if (unit === 4) words.swap32();
  else words.swap16();
  return swapped;
}

/** Frames of 1-bit pixels follow each other without a gap (PS3.5 8.1.1): shift where one does not begin with a byte. */
function bitFrame(pixels: Uint8Array, firstBit: number, bits: number): Uint8Array {
  const start = firstBit >>> 3;
  const shift = firstBit & 7;
  const frame = new Uint8Array(Math.ceil(bits / 8));
  for (let i = 0; i < frame.length; i += 1) {
    frame[i] = (pixels[start + i] >>> shift) | ((pixels[start + i + 1] ?? 0) << (8 - shift));
  }
  if (bits % 8 !== 0) frame[frame.length - 1] &= (1 << (bits % 8)) - 1;
  return frame;
}

function encapsulatedFrames(part10: Part10, element: ScannedElement, description: PixelDescription): Uint8Array[] {
  const view = new DataView(part10.bytes.buffer, part10.bytes.byteOffset, part10.bytes.byteLength);
  const [table, ...fragments] = scanFragments(view, element);
  if (table === undefined || fragments.length === 0) throw badFragments('there are no fragments');
  const { numberOfFrames } = description;
  const extended = part10.dataSet.numbers('ExtendedOffsetTable');
  const basic = basicOffsets(view, table);
  let groups: Fragment[][];
  if (extended.length > 0) groups = groupByOffsets(fragments, extended, numberOfFrames);
  else if (basic.length > 0) groups = groupByOffsets(fragments, basic, numberOfFrames);
  else groups = groupWithoutTable(part10.bytes, fragments, numberOfFrames);
  const lengths = part10.dataSet.numbers('ExtendedOffsetTableLengths');
  return groups.map((group, frame) => {
    const joined = join(part10.bytes, group);
    const stated = extended.length > 0 ? lengths[frame] : undefined;
    return stated !== undefined && stated <= joined.length ? joined.subarray(0, stated) : joined;
  });
}

function basicOffsets(view: DataView, table: Fragment): number[] {
  const offsets: number[] = [];
  for (let at = table.start; at + 4 <= table.end; at += 4) offsets.push(view.getUint32(at, true));
  return offsets;
}

/** Offsets count from the item header of the first fragment (PS3.5 A.4); each must hit the header of one. */
function groupByOffsets(fragments: readonly Fragment[], offsets: readonly number[], frames: number): Fragment[][] {
  if (offsets.length !== frames) throw badFragments('the offset table does not have one entry for each frame');
  const origin = fragments[0].start;
  const indexOf = new Map(fragments.map((fragment, index) => [fragment.start - origin, index]));
  const starts = offsets.map((offset) => indexOf.get(offset) ?? -1);
  const rises = starts.every((start, frame) => start > (frame === 0 ? -1 : starts[frame - 1]));
  if (starts[0] !== 0 || !rises) throw badFragments('the offset table does not point at the fragments');
  return starts.map((start, frame) => fragments.slice(start, starts[frame + 1]));
}

/** One frame owns all fragments; as many fragments as frames own one each; else a new stream begins a new frame. */
function groupWithoutTable(bytes: Uint8Array, fragments: readonly Fragment[], frames: number): Fragment[][] {
  if (frames === 1) return [[...fragments]];
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  const groups: Fragment[][] = [];
  for (const fragment of fragments) {
    if (beginsStream(bytes, fragment)) groups.push([fragment]);
    else if (groups.length > 0) groups[groups.length - 1].push(fragment);
    else throw badFragments('the first fragment does not begin a frame');
  }
  if (groups.length !== frames) throw badFragments('the fragments do not make up the stated number of frames');
  return groups;
}

/** JPEG and JPEG-LS begin with SOI, JPEG 2000 with SOC and SIZ. */
function beginsStream(bytes: Uint8Array, { start, end }: Fragment): boolean {
  if (end - start < 4 || bytes[start] !== 0xff) return false;
  const isJpeg = bytes[start + 1] === 0xd8 && bytes[start + 2] === 0xff;
  return isJpeg || (bytes[start + 1] === 0x4f && bytes[start + 2] === 0xff && bytes[start + 3] === 0x51);
}

function join(bytes: Uint8Array, fragments: readonly Fragment[]): Uint8Array {
  if (fragments.length === 1) return bytes.subarray(fragments[0].start, fragments[0].end);
  return Buffer.concat(fragments.map(({ start, end }) => bytes.subarray(start, end)));
}

const badFragments = (why: string) => new DicomError('DECODING_FAILED', why);
