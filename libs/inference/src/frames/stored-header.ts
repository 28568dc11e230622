/** The header of a stored file: as many of its first bytes as stand before the pixel data, and where that is. */
import type { FileHandle } from 'node:fs/promises';
import { DicomError, findPixelData, openPart10 } from '@modelbank/dicom';
import type { Part10 } from '@modelbank/dicom';

const FIRST_READ = 256 * 1024;
/** Of an object without pixel data this is all of it. */
const LARGEST_HEADER = 256 * 1024 * 1024;

export interface StoredHeader {
  readonly part10: Part10;
  readonly pixels?: PixelPlace;
  readonly sizeBytes: number;
}

export type PixelPlace = NonNullable<ReturnType<typeof findPixelData>>;

/** Throws a DicomError where the file is none, or has a header that is larger than 256 MiB. */
export async function readStoredHeader(file: FileHandle): Promise<StoredHeader> {
  const { size: sizeBytes } = await file.stat();
  for (let length = FIRST_READ; ; length *= 4) {
    const bytes = await readBytes(file, 0, Math.min(length, sizeBytes));
    const part10 = openPart10(bytes);
    const pixels = findPixelData(part10);
    if (pixels !== undefined || bytes.length === sizeBytes) return { part10, pixels, sizeBytes };
    if (length >= LARGEST_HEADER) throw new DicomError('DATASET_TOO_LARGE', 'the header is larger than 256 MiB');
  }
}

/** Exactly these bytes. Throws DATASET_TRUNCATED where the file ends before. */
export async function readBytes(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new DicomError('DATASET_TRUNCATED', 'the file is shorter than its elements say');
    done += bytesRead;
  }
  return bytes;
}
