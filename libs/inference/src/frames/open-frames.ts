/**
 * The frames of one stored file, read as they are asked for: native ones from their place in the file, so that a large multi-frame object is
 * never in memory whole; compressed ones from the whole file, because only its fragments say where a frame begins (PS3.5 A.4).
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { DicomError, readPixelDescription, readPixelFrames } from '@modelbank/dicom';
import type { PixelDescription } from '@modelbank/dicom';
import { readBytes, readStoredHeader } from './stored-header';
import type { StoredHeader } from './stored-header';

/** Compressed files that are larger than this are not taken apart. */
const LARGEST_COMPRESSED = 1024 * 1024 * 1024;

export class OpenFrames {
  readonly description: PixelDescription;
  private whole?: readonly Uint8Array[];

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    readonly header: StoredHeader,
  ) {
    this.description = readPixelDescription(header.part10);
  }

  /** Throws a DicomError where the file has no pixels that could be read. */
  static async open(path: string): Promise<OpenFrames> {
    const file = await open(path, 'r');
    try {
      return new OpenFrames(path, file, await readStoredHeader(file));
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** A frame as stored, from one; native ones little endian. Undefined where there is none of this number. */
  async frame(number: number): Promise<Uint8Array | undefined> {
    if (number < 1 || number > this.description.numberOfFrames) return undefined;
    return (await this.nativeFrame(number)) ?? (await this.wholeFrames())[number - 1];
  }

  /** Undefined where the frame has no place of its own: compressed, big-endian or of single bits. */
  private async nativeFrame(number: number): Promise<Uint8Array | undefined> {
    const { transferSyntax, bitsAllocated, frameBytes, numberOfFrames } = this.description;
    const { pixels, sizeBytes } = this.header;
    if (transferSyntax.encapsulated || !transferSyntax.littleEndian || bitsAllocated === 1) return undefined;
    if (pixels === undefined || pixels.undefinedLength) return undefined;
    const needed = BigInt(frameBytes) * BigInt(numberOfFrames);
    const length = BigInt(pixels.end - pixels.start);
    if (length < needed || length > needed + 1n || pixels.end > sizeBytes) {
      throw new DicomError('DECODING_FAILED', 'the pixel data does not have the length that its description asks for');
    }
    return readBytes(this.file, pixels.start + (number - 1) * frameBytes, frameBytes);
  }

  private async wholeFrames(): Promise<readonly Uint8Array[]> {
    const { sizeBytes } = this.header;
    if (sizeBytes > LARGEST_COMPRESSED) throw new DicomError('DATASET_TOO_LARGE', 'the file is larger than 1 GiB');
    return (this.whole ??= readPixelFrames(await readBytes(this.file, 0, sizeBytes)));
  }
}
