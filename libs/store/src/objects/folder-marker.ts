/**
 * Proves that the objects folder is the one that it was: a file in it says the same as a file in the home of the hub. An
 * empty mount point has none, so nothing is ever written under it; neither is a fresh folder taken for a lost one.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HubError } from '@modelbank/contracts';
import { asStorageFailure, makeDurableFolderSync } from './durable-files';

/** No key can name it: keys never begin with a dot. */
export const MARKER_FILE = '.modelbank-objects';

export interface MarkedFolder {
  /** The objects folder. */
  readonly objects: string;
  /** The file of the home that knows what the marker says. */
  readonly objectsMarker: string;
}

/** At start-up: makes marker and folder where neither is known yet, takes over a marker that is there, or refuses. */
export function establishMarker(folder: MarkedFolder): void {
  const marker = join(folder.objects, MARKER_FILE);
  try {
    const [expected, found] = [folder.objectsMarker, marker].map(readIfThereSync);
    if (expected !== undefined) return requireSame(expected, found);
    if (found !== undefined) return writeDurable(folder.objectsMarker, found);
    const id = randomUUID();
    writeDurable(marker, id);
    writeDurable(folder.objectsMarker, id);
  } catch (thrown) {
    throw asStorageFailure(thrown);
  }
}

/** Later, again and again. Throws STORAGE_FAILED. */
export async function requireMarker(folder: MarkedFolder): Promise<void> {
  const [expected, found] = await Promise.all(
    [folder.objectsMarker, join(folder.objects, MARKER_FILE)].map(readIfThere),
  );
  requireSame(expected, found);
}

function requireSame(expected: string | undefined, found: string | undefined): void {
  if (expected !== undefined && found === expected) return;
  const what = found === undefined ? 'has no marker: its file system is not mounted' : 'carries the marker of another';
  throw new HubError('STORAGE_FAILED', `the objects folder ${what}`, {
    advice: `Mount it. If it is the right folder, copy objects.id of MODELBANK_HOME into it as ${MARKER_FILE}.`,
  });
}

function readIfThereSync(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return undefined;
      throw asStorageFailure(thrown);
    },
  );
}

function writeDurable(path: string, text: string): void {
  makeDurableFolderSync(dirname(path));
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, `${text}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
