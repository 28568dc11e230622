/** One object on its way into the folder: pieces are filled here, written, hashed and synced by a writing thread. */
import { unlink } from 'node:fs/promises';
import { HubError } from '@modelbank/contracts';
import type { ObjectUpload, UploadedObject } from '@modelbank/contracts';
import { asStorageFailure } from './durable-files';
import type { WritingAnswer, WritingFailure, WrittenObject } from './writing-messages';
import { PIECE_BYTES } from './writing-threads';
import type { AnswerListener, WritingLane, WritingThreads } from './writing-threads';

/** Pieces that may be on their way before the sender has to wait. */
const MOST_PIECES_UNDER_WAY = 16;

interface Waiting<T> {
  resolve(value: T): void;
  reject(failure: HubError): void;
}

export class FolderUpload implements ObjectUpload, AnswerListener {
  private readonly lane: WritingLane;
  private buffer?: Buffer;
  private used = 0;
  private underWay = 0;
  private failure?: HubError;
  private threadIsDead = false;
  private room?: Waiting<void>;
  private result?: Waiting<WrittenObject | undefined>;

  constructor(
    private readonly threads: WritingThreads,
    private readonly partPath: string,
    private readonly contentOffset: number,
    private readonly pathOf: (key: string) => string,
  ) {
    this.lane = threads.open(this);
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.failure) throw this.failure;
    for (let at = 0; at < bytes.length;) {
      this.buffer ??= Buffer.from(this.threads.takeBuffer());
      const taken = Math.min(bytes.length - at, PIECE_BYTES - this.used);
      this.buffer.set(taken === bytes.length ? bytes : bytes.subarray(at, at + taken), this.used);
      this.used += taken;
      at += taken;
      if (this.used === PIECE_BYTES) this.postPiece();
    }
    if (this.underWay < MOST_PIECES_UNDER_WAY) return undefined;
    return new Promise((resolve, reject) => (this.room = { resolve, reject }));
  }

  async commit(key: string): Promise<UploadedObject> {
    if (this.failure) throw this.failure;
    this.postPiece();
    const written = await this.ask({ kind: 'commit', path: this.pathOf(key) });
    this.lane.close();
    if (written === undefined) throw new HubError('STORAGE_FAILED', 'the object was not written');
    return written;
  }

  async discard(): Promise<void> {
    this.dropBuffer();
    if (this.threadIsDead) return removeIfThere(this.partPath);
    await this.ask({ kind: 'discard' });
    this.lane.close();
  }

  answered(answer: WritingAnswer): void {
    if (answer.failure) this.fail(failureOf(answer.failure));
    if (answer.kind === 'piece') return this.pieceWritten();
    const { result } = this;
    this.result = undefined;
    if (answer.failure) result?.reject(failureOf(answer.failure));
    else result?.resolve(answer.kind === 'commit' ? answer.written : undefined);
  }

  lost(cause: unknown): void {
    const failure = new HubError('STORAGE_FAILED', 'a writing thread ended', { cause });
    this.threadIsDead = true;
    this.fail(failure);
    this.result?.reject(failure);
    this.result = undefined;
  }

  private postPiece(): void {
    const { buffer, used, partPath, contentOffset } = this;
    if (buffer === undefined || used === 0) return;
    this.buffer = undefined;
    this.used = 0;
    this.underWay += 1;
    const { upload } = this.lane;
    this.lane.post({ kind: 'piece', upload, partPath, contentOffset, buffer: buffer.buffer as ArrayBuffer, used });
  }

  private pieceWritten(): void {
    this.underWay -= 1;
    if (this.underWay > MOST_PIECES_UNDER_WAY / 2) return;
    this.room?.resolve();
    this.room = undefined;
  }

  private ask(request: { kind: 'commit'; path: string } | { kind: 'discard' }): Promise<WrittenObject | undefined> {
    if (this.threadIsDead && this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.result = { resolve, reject };
      this.lane.post({ ...request, upload: this.lane.upload });
    });
  }

  private fail(failure: HubError): void {
    this.failure ??= failure;
    this.room?.reject(this.failure);
    this.room = undefined;
  }

  private dropBuffer(): void {
    if (this.buffer) this.threads.giveBack(this.buffer.buffer as ArrayBuffer);
    this.buffer = undefined;
    this.used = 0;
  }
}

/** The next start removes what stays here. */
async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

function failureOf({ code, message }: WritingFailure): HubError {
  const failure = asStorageFailure(Object.assign(new Error(message), { code }));
  // a folder that is gone is no missing object here
  return failure.code === 'NOT_FOUND'
    ? new HubError('STORAGE_FAILED', 'the object folder is gone', { cause: failure })
    : failure;
}
