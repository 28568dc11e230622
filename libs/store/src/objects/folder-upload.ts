/** One object on its way into the folder: pieces are filled here, written, hashed and synced by a writing thread. */
import { unlink } from 'node:fs/promises';
import { HubError } from '@modelbank/contracts';
import type { ObjectUpload, UploadedObject } from '@modelbank/contracts';
import { asStorageFailure } from './durable-files';
import type { WritingAnswer, WritingFailure, WrittenObject } from './writing-messages';
import { PIECE_BYTES } from './writing-threads';
import type { AnswerListener, WritingLane, WritingThreads } from './writing-threads';

/** Pieces that may be on their way before the sender has to wait. */
const MOST_UNDER_WAY = 8;

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
  /** Committed or discarded: no answer will come any more. */
  private isOver = false;
  private room?: Waiting<void>;
  private result?: Waiting<WrittenObject | undefined>;

  constructor(
    private readonly threads: WritingThreads,
    private readonly partPath: string,
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
    if (this.underWay < MOST_UNDER_WAY) return undefined;
    return new Promise((resolve, reject) => (this.room = { resolve, reject }));
  }

  async commit(key: string): Promise<UploadedObject> {
    if (this.failure) throw this.failure;
    const answer = this.nextResult();
    this.postPiece(this.pathOf(key));
    const written = await answer;
    this.isOver = true;
    this.lane.close();
    if (written === undefined) throw new HubError('STORAGE_FAILED', 'the object was not written');
    return written;
  }

  async discard(): Promise<void> {
    if (this.buffer) this.threads.giveBack(this.buffer.buffer as ArrayBuffer);
    this.buffer = undefined;
    if (this.isOver) return;
    if (this.threadIsDead) return removeIfThere(this.partPath);
    const answer = this.nextResult();
    this.underWay += 1;
    this.lane.post({ kind: 'discard', upload: this.lane.upload });
    await answer;
    this.isOver = true;
    this.lane.close();
  }

  /** Answers come in the order of the requests: the last one is that of `commit` or `discard`. */
  answered({ written, failure }: WritingAnswer): void {
    this.underWay -= 1;
    if (failure) this.fail(failureOf(failure));
    if (this.underWay <= MOST_UNDER_WAY / 2) this.makeRoom();
    if (this.underWay === 0) this.settle(written, failure && failureOf(failure));
  }

  lost(cause: unknown): void {
    const failure = new HubError('STORAGE_FAILED', 'a writing thread ended', { cause });
    this.threadIsDead = true;
    this.fail(failure);
    this.settle(undefined, failure);
  }

  private nextResult(): Promise<WrittenObject | undefined> {
    return new Promise((resolve, reject) => (this.result = { resolve, reject }));
  }

  private settle(written: WrittenObject | undefined, failure: HubError | undefined): void {
    const { result } = this;
    this.result = undefined;
    if (failure) result?.reject(failure);
    else result?.resolve(written);
  }

  /** The last piece may be empty: it tells where the object goes. */
  private postPiece(commitTo?: string): void {
    const { used, partPath } = this;
    const buffer = (this.buffer?.buffer as ArrayBuffer | undefined) ?? this.threads.takeBuffer();
    this.buffer = undefined;
    this.used = 0;
    this.underWay += 1;
    const { upload } = this.lane;
    this.lane.post({ kind: 'piece', upload, partPath, buffer, used, commitTo });
  }

  private makeRoom(): void {
    this.room?.resolve();
    this.room = undefined;
  }

  private fail(failure: HubError): void {
    this.failure ??= failure;
    this.room?.reject(this.failure);
    this.room = undefined;
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
