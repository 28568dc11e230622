/** A stored object open for reading: its header, its bytes as they are, and failures as the hub names them. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { HubError } from '@modelbank/contracts';
import { DicomError } from '@modelbank/dicom';
import { readStoredHeader } from '@modelbank/inference';
import type { StoredHeader } from '@modelbank/inference';

const CHUNK_BYTES = 256 * 1024;

/**
 * Opens the file for `work` and closes it afterwards. Throws OBJECT_CORRUPT where it is gone, DECODING_FAILED where it
 * cannot be read.
 */
export async function withStoredFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new HubError('OBJECT_CORRUPT', 'a stored object cannot be opened', { cause });
  });
  try {
    return await work(file);
  } catch (thrown) {
    // what is stored cannot be read: never a fault of the request
    throw thrown instanceof DicomError ? new HubError('DECODING_FAILED', thrown.message, { cause: thrown }) : thrown;
  } finally {
    await file.close();
  }
}

export const storedHeader = (file: FileHandle): Promise<StoredHeader> => readStoredHeader(file);

/** The bytes from `start` to before `end`, or to the end of the file. A buffer for each chunk: the socket may still hold the last one. */
export async function* bytesOf(file: FileHandle, start = 0, end = Infinity): AsyncGenerator<Uint8Array> {
  let position = start;
  while (position < end) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - position)), {
      position,
    });
    if (bytesRead === 0) break;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
  if (end !== Infinity && position < end) throw new DicomError('DATASET_TRUNCATED', 'the file is shorter than it says');
}
