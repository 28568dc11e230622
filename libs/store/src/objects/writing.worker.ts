/**
 * A writing thread: appends pieces to part files, hashes them, and makes finished objects durable. Its calls block, which
 * costs nobody else anything: one message does what took the hub's own thread ten hand-overs to libuv's pool.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { makeDurableFolderSync } from './durable-files';
import type { WritePiece, WritingAnswer, WritingRequest, WrittenObject } from './writing-messages';

interface OpenUpload {
  readonly file: number;
  /** Where it lies now. */
  path: string;
  readonly whole: Hash;
  readonly content: Hash;
  /** Bytes before the content that are still to come. */
  beforeContent: number;
  sizeBytes: number;
  /** A piece is missing: the object can only be discarded. */
  broken?: unknown;
}

const uploads = new Map<number, OpenUpload>();
/** Open handles of folders that objects are renamed into. */
const folders = new Map<string, number>();
const MOST_OPEN_FOLDERS = 256;

function perform(request: WritingRequest): WritingAnswer {
  const { upload } = request;
  if (request.kind === 'discard') return { upload, ...outcome(() => discard(upload)) };
  const { buffer, commitTo } = request;
  const work = (): WrittenObject | undefined => {
    writePiece(request);
    return commitTo === undefined ? undefined : commit(upload, commitTo);
  };
  return { upload, buffer, ...outcome(work) };
}

function writePiece({ upload, partPath, contentOffset, buffer, used }: WritePiece): void {
  const open = uploads.get(upload) ?? openUpload(upload, partPath, contentOffset);
  if (open.broken !== undefined) throw open.broken;
  const bytes = new Uint8Array(buffer, 0, used);
  try {
    for (let at = 0; at < used;) at += writeSync(open.file, bytes, at, used - at);
  } catch (thrown) {
    open.broken = thrown;
    throw thrown;
  }
  open.whole.update(bytes);
  const skipped = Math.min(open.beforeContent, used);
  open.beforeContent -= skipped;
  open.content.update(bytes.subarray(skipped));
  open.sizeBytes += used;
}

function openUpload(upload: number, path: string, contentOffset: number): OpenUpload {
  const open: OpenUpload = {
    file: openSync(path, 'wx', 0o600),
    path,
    whole: createHash('sha256'),
    content: createHash('sha256'),
    beforeContent: contentOffset,
    sizeBytes: 0,
  };
  uploads.set(upload, open);
  return open;
}

/** Renamed first, so that one journal commit of the file system takes name and content together. */
function commit(upload: number, path: string): WrittenObject {
  const open = uploads.get(upload);
  if (open === undefined) throw new Error('nothing was written');
  const folder = folderOf(dirname(path));
  renameSync(open.path, path);
  open.path = path;
  fsyncSync(open.file);
  fsyncSync(folder);
  uploads.delete(upload);
  closeSync(open.file);
  const { whole, content, sizeBytes } = open;
  return { sha256: whole.digest('hex'), contentSha256: content.digest('hex'), sizeBytes };
}

function discard(upload: number): void {
  const open = uploads.get(upload);
  if (open === undefined) return;
  uploads.delete(upload);
  closeSync(open.file);
  unlinkSync(open.path);
}

function folderOf(path: string): number {
  const known = folders.get(path);
  if (known !== undefined) return known;
  makeDurableFolderSync(path);
  if (folders.size >= MOST_OPEN_FOLDERS) {
    for (const handle of folders.values()) closeSync(handle);
    folders.clear();
  }
  const handle = openSync(path, 'r');
  folders.set(path, handle);
  return handle;
}

function outcome(work: () => WrittenObject | undefined | void): Pick<WritingAnswer, 'written' | 'failure'> {
  try {
    return { written: work() ?? undefined };
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    return { failure: { code, message } };
  }
}

parentPort?.on('message', (request: WritingRequest) => {
  const answer = perform(request);
  parentPort?.postMessage(answer, answer.buffer ? [answer.buffer] : []);
});
