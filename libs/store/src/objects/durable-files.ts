/** What makes a file survive a power cut: fsync of the file, an atomic rename, fsync of every folder that changed. */
import { closeSync, constants, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HubError } from '@modelbank/contracts';

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR);
  await file.sync().finally(() => file.close());
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync().finally(() => folder.close());
}

/** Makes a folder and its missing parents; each parent that got a new entry is synced. */
export async function makeDurableFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let folder = path; ; folder = dirname(folder)) {
    await syncFolder(dirname(folder));
    if (folder === first) return;
  }
}

/** The same at start-up. */
export function makeDurableFolderSync(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let folder = path; ; folder = dirname(folder)) {
    const parent = openSync(dirname(folder), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      fsyncSync(parent);
    } finally {
      closeSync(parent);
    }
    if (folder === first) return;
  }
}

/** File system errors by their meaning; the path stays in the cause. */
export function asStorageFailure(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new HubError('NOT_FOUND', 'there is no object with this key', { cause: error });
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new HubError('STORAGE_FULL', 'the object store has no room', { cause: error, advice: 'free disk space' });
  }
  return new HubError('STORAGE_FAILED', 'the object store cannot be read or written', { cause: error });
}
