/**
 * An instance on its way to disk: the Part-10 file (PS3.10 7.1) goes to the object store while its data set arrives, checked
 * in the same pass, in bounded memory. Only the beginning is kept for reading the header.
 */
import { open } from 'node:fs/promises';
import type { ObjectStore, ObjectUpload, UploadedObject } from '@modelbank/contracts';
import { StructureCheck, part10Preamble } from '@modelbank/dicom';
import type { FileMeta, StructureSummary } from '@modelbank/dicom';
import { asDicomFailure, asStorageFailure } from './intake-failures';

/** Nearly all headers are shorter; of an image with a longer one the rest is read again from the stored file. */
const PREFIX_BYTES = 1024 * 1024;
const MOST_HEADER_BYTES = 64 * 1024 * 1024;

export class InstanceFile {
  private readonly check: StructureCheck;
  private readonly upload: ObjectUpload;
  private readonly preambleBytes: number;
  private prefix: Uint8Array[] = [];
  private prefixBytes = 0;

  /** Throws DATASET_MALFORMED for a transfer syntax that is not accepted. */
  constructor(objects: ObjectStore, meta: FileMeta) {
    try {
      this.check = new StructureCheck(meta.transferSyntaxUid);
    } catch (thrown) {
      throw asDicomFailure(thrown);
    }
    const preamble = part10Preamble(meta);
    this.preambleBytes = preamble.length;
    this.upload = objects.upload();
    this.keep(preamble);
    void this.upload.write(preamble);
  }

  /** Resolves when there is room for more; throws at the first violation of the encoding. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    try {
      this.check.push(chunk);
    } catch (thrown) {
      throw asDicomFailure(thrown);
    }
    if (this.prefixBytes < this.headerBytes()) this.keep(chunk);
    return this.upload.write(chunk);
  }

  /** The data set is complete. Throws DATASET_TRUNCATED when something of it is still open. */
  finish(): StructureSummary {
    try {
      return this.check.finish();
    } catch (thrown) {
      throw asDicomFailure(thrown);
    }
  }

  /** The first bytes of the file: of an image up to its pixel data. Undefined where more is wanted than was kept. */
  header(): Buffer | undefined {
    const { pixelDataOffset } = this.check;
    const isCut = pixelDataOffset !== undefined && this.preambleBytes + pixelDataOffset > this.prefixBytes;
    return isCut ? undefined : Buffer.concat(this.prefix, Math.min(this.prefixBytes, this.headerBytes()));
  }

  /** The same, of whatever length, once the file lies at `path`. */
  async headerAt(path: string): Promise<Buffer> {
    const wanted = this.preambleBytes + (this.check.pixelDataOffset ?? PREFIX_BYTES);
    const file = await open(path).catch((thrown: unknown) => {
      throw asStorageFailure(thrown);
    });
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(wanted, MOST_HEADER_BYTES)));
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** Resolves when the file lies under its key and cannot be lost any more. */
  commit(key: string): Promise<UploadedObject> {
    return this.upload.commit(key);
  }

  discard(): Promise<void> {
    this.prefix = [];
    return this.upload.discard();
  }

  private headerBytes(): number {
    return Math.min(PREFIX_BYTES, this.preambleBytes + (this.check.pixelDataOffset ?? Infinity));
  }

  private keep(bytes: Uint8Array): void {
    this.prefix.push(bytes);
    this.prefixBytes += bytes.length;
  }
}
