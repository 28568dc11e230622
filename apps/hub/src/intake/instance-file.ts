/**
 * An instance on its way to disk: the Part-10 file is written while its data set arrives (PS3.10 7.1), hashed and checked in
 * the same pass, in bounded memory. Only the beginning is kept for reading the header.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { StructureCheck, part10Preamble } from '@modelbank/dicom';
import type { FileMeta, StructureSummary } from '@modelbank/dicom';
import { asStorageFailure, asDicomFailure } from './intake-failures';

/** Written at once when this much has arrived. */
const FLUSH_BYTES = 4 * 1024 * 1024;
/** Nearly all headers are shorter; of an image with a longer one the rest is read again from the file. */
const PREFIX_BYTES = 1024 * 1024;
const MOST_HEADER_BYTES = 64 * 1024 * 1024;

export interface ReceivedFile {
  readonly summary: StructureSummary;
  /** The first bytes of the file: of an image up to its pixel data. */
  readonly prefix: Buffer;
  /** SHA-256 of the data set as received. */
  readonly contentSha256: string;
  /** SHA-256 of the file. */
  readonly objectSha256: string;
  readonly sizeBytes: number;
}

export class InstanceFile {
  private readonly check: StructureCheck;
  private readonly content = createHash('sha256');
  private readonly object = createHash('sha256');
  private readonly prefix: Uint8Array[] = [];
  private prefixBytes = 0;
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private sizeBytes = 0;

  private readonly preambleBytes: number;

  private constructor(
    private readonly handle: FileHandle,
    meta: FileMeta,
  ) {
    this.check = new StructureCheck(meta.transferSyntaxUid);
    const preamble = part10Preamble(meta);
    this.preambleBytes = preamble.length;
    this.append(preamble);
  }

  static async create(path: string, meta: FileMeta): Promise<InstanceFile> {
    const handle = await open(path, 'wx+', 0o600).catch((thrown: unknown) => {
      throw asStorageFailure(thrown);
    });
    try {
      return new InstanceFile(handle, meta);
    } catch (thrown) {
      await handle.close();
      throw asDicomFailure(thrown);
    }
  }

  /** Resolves when there is room for more; throws at the first violation of the encoding. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    try {
      this.check.push(chunk);
    } catch (thrown) {
      throw asDicomFailure(thrown);
    }
    this.content.update(chunk);
    this.append(chunk);
    return this.pendingBytes >= FLUSH_BYTES ? this.flush() : undefined;
  }

  /** All bytes are with the operating system and the file is closed. Not yet synced. */
  async finish(): Promise<ReceivedFile> {
    const summary = this.summary();
    await this.flush();
    const prefix = await this.headerBytes(summary);
    await this.handle.close();
    return {
      summary,
      prefix,
      contentSha256: this.content.digest('hex'),
      objectSha256: this.object.digest('hex'),
      sizeBytes: this.sizeBytes,
    };
  }

  /** Closing twice is harmless. */
  async close(): Promise<void> {
    this.pending = [];
    await this.handle.close();
  }

  private async headerBytes({ pixelDataOffset = 0 }: StructureSummary): Promise<Buffer> {
    const kept = Buffer.concat(this.prefix);
    const headerBytes = Math.min(this.preambleBytes + pixelDataOffset, MOST_HEADER_BYTES);
    if (headerBytes <= kept.length) return kept;
    const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    return buffer.subarray(0, bytesRead);
  }

  private summary(): StructureSummary {
    try {
      return this.check.finish();
    } catch (thrown) {
      throw asDicomFailure(thrown);
    }
  }

  private append(chunk: Uint8Array): void {
    this.object.update(chunk);
    this.sizeBytes += chunk.length;
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    if (this.prefixBytes >= PREFIX_BYTES) return;
    this.prefix.push(chunk.subarray(0, PREFIX_BYTES - this.prefixBytes));
    this.prefixBytes += chunk.length;
  }

  private async flush(): Promise<void> {
    const chunks = this.pending;
    const bytes = this.pendingBytes;
    this.pending = [];
    this.pendingBytes = 0;
    if (bytes === 0) return;
    try {
      // one write: a short one (full disk) would otherwise have to be told apart chunk by chunk
      await this.handle.writeFile(Buffer.concat(chunks, bytes));
    } catch (thrown) {
      throw asStorageFailure(thrown);
    }
  }
}
