/**
 * A writing thread: appends pieces to part files, hashes them, and makes finished objects durable. Its calls block, which
 * costs nobody else anything: one message does what took the hub's own thread ten hand-overs to libuv's pool.
 */
import { createHash, type Hash } from 'node:crypto';
import { accessSync, closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { makeDurableFolderSync } from './durable-files';
import type { WritePiece, WritingAnswer, WritingRequest, WrittenObject } from './writing-messages';

interface OpenUpload {
  readonly file: number;
  /** Where it lies now. */
  path: string;
  readonly hash: Hash;
  sizeBytes: number;
  /** A piece is missing: the object can only be discarded. */
  broken?: unknown;
}

const uploads = new Map<number, OpenUpload>();

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

function writePiece({ upload, partPath, buffer, used }: WritePiece): void {
  const open = uploads.get(upload) ?? openUpload(upload, partPath);
  if (open.broken !== undefined) throw open.broken;
  const bytes = new Uint8Array(buffer, 0, used);
  try {
    for (let at = 0; at < used;) at += writeSync(open.file, bytes, at, used - at);
  } catch (thrown) {
    open.broken = thrown;
    throw thrown;
  }
  open.hash.update(bytes);
  open.sizeBytes += used;
}

function openUpload(upload: number, path: string): OpenUpload {
  const open: OpenUpload = {
    file: openSync(path, 'wx', 0o600),
    path,
    hash: createHash('sha256'),
    sizeBytes: 0,
  };
  uploads.set(upload, open);
  return open;
}

/** Renamed first, so that one journal commit of the file system takes name and content together. */
function commit(upload: number, path: string): WrittenObject {
  const open = uploads.get(upload);
  if (open === undefined) throw new Error('nothing was written');
  moveTo(open, path);
  fsyncSync(open.file);
  syncFolder(dirname(path));
  uploads.delete(upload);
  closeSync(open.file);
  return { sha256: open.hash.digest('hex'), sizeBytes: open.sizeBytes };
}

/** The folder of a key is made for its first object, where the part file proves that the right file system is there. */
function moveTo(open: OpenUpload, path: string): void {
  try {
    renameSync(open.path, path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    accessSync(open.path);
    makeDurableFolderSync(dirname(path));
    renameSync(open.path, path);
  }
  open.path = path;
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function discard(upload: number): void {
  const open = uploads.get(upload);
  if (open === undefined) return;
  uploads.delete(upload);
  closeSync(open.file);
  unlinkSync(open.path);
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
