/**
 * A stored object as a file in Explicit VR Little Endian, piece by piece: the data set written anew, native pixels copied from the file,
 * compressed ones decoded frame by frame in a child process.
 */
import { PIXEL_DATA, explicitPart10Head } from '@modelbank/dicom';
import type { FramePool, StoredHeader } from '@modelbank/inference';
import type { FileHandle } from 'node:fs/promises';
import { HubError } from '@modelbank/contracts';
import { bytesOf, storedHeader } from './stored-file';

/** A length of 32 bits cannot say more (PS3.5 7.1.2); 2^32 - 1 means "undefined". */
const LARGEST_PIXEL_DATA = 0xfffffffe;

export async function* explicitFile(
  file: FileHandle,
  path: string,
  pool: FramePool,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const header = await storedHeader(file);
  const { part10, pixels } = header;
  if (pixels === undefined) yield explicitPart10Head(part10);
  else if (pixels.undefinedLength || !pixels.encoding.littleEndian) yield* decodedFile(header, path, pool, signal);
  else {
    const byteLength = pixels.end - pixels.start;
    const vr = pixels.vr === 'UN' ? 'OW' : pixels.vr;
    yield explicitPart10Head(part10, { byteLength, tag: pixels.tag, vr });
    yield* bytesOf(file, pixels.start, pixels.end);
    if (byteLength % 2 === 1) yield new Uint8Array(1);
  }
}

async function* decodedFile(
  { part10 }: StoredHeader,
  path: string,
  pool: FramePool,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const described = await pool.run({ kind: 'describe', path }, signal);
  const { numberOfFrames, frameBytes, bitsAllocated } = described;
  const byteLength = frameBytes * numberOfFrames;
  if (byteLength > LARGEST_PIXEL_DATA) {
    throw new HubError('DATASET_TOO_LARGE', 'decoded, the pixels are more than one element can hold', {
      advice: 'ask for transfer-syntax=* or for single frames',
    });
  }
  const frame = (number: number) => pool.run({ kind: 'frame', path, frame: number, as: 'native' }, signal);
  // a frame that cannot be decoded shall be a problem, not a broken answer: the first is decoded before anything is sent
  const first = await frame(1);
  yield explicitPart10Head(part10, {
    byteLength,
    tag: PIXEL_DATA,
    vr: bitsAllocated > 8 ? 'OW' : 'OB',
    photometricInterpretation: described.decodedPhotometricInterpretation,
  });
  yield first.bytes;
  for (let number = 2; number <= numberOfFrames; number++) yield (await frame(number)).bytes;
  if (byteLength % 2 === 1) yield new Uint8Array(1);
}
