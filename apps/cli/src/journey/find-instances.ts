/** Finds the DICOM files among what a person names: folders are searched, other files are counted and left alone. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '@modelbank/contracts';
import { readInstanceHeader } from '@modelbank/dicom';

const MAGIC_OFFSET = 128;
const HEADER_BYTES = 1 << 20;

export interface FoundInstances {
  /** Sorted by path. */
  readonly paths: readonly string[];
  readonly studyInstanceUids: readonly string[];
  readonly seriesInstanceUids: readonly string[];
  /** Files that are not DICOM. */
  readonly skipped: number;
}

export async function findInstances(roots: readonly string[]): Promise<FoundInstances> {
  const files: string[] = [];
  for (const root of roots) await collect(root, files);
  const found = { paths: [] as string[], studies: new Set<string>(), series: new Set<string>() };
  for (const path of files.sort()) {
    const head = await readHead(path);
    if (head === null) continue;
    found.paths.push(path);
    try {
      const { studyInstanceUid, seriesInstanceUid } = readInstanceHeader(head);
      found.studies.add(studyInstanceUid);
      found.series.add(seriesInstanceUid);
    } catch {
      // it says that it is DICOM: the hub gives the reason for its refusal
    }
  }
  if (found.paths.length === 0) {
    throw new HubError('NOT_DICOM', 'there is no DICOM file there', {
      advice: 'name a folder with the CT, or its files',
    });
  }
  return {
    paths: found.paths,
    studyInstanceUids: [...found.studies],
    seriesInstanceUids: [...found.series],
    skipped: files.length - found.paths.length,
  };
}

async function collect(path: string, files: string[]): Promise<void> {
  const about = await stat(path).catch((cause: unknown) => {
    throw new HubError('NOT_FOUND', `cannot read ${path}`, { cause });
  });
  if (about.isFile()) files.push(path);
  if (!about.isDirectory()) return;
  // a link to a folder may lead back to where it stands: only what is named itself is followed
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    const leadsToFolder = entry.isSymbolicLink() && (await stat(below).catch(() => null))?.isFile() !== true;
    if (!leadsToFolder) await collect(below, files);
  }
}

/** The first megabyte; null where the file does not say DICM. */
async function readHead(path: string): Promise<Uint8Array | null> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(HEADER_BYTES), position: 0 });
    const head = buffer.subarray(0, bytesRead);
    return head.toString('latin1', MAGIC_OFFSET, MAGIC_OFFSET + 4) === 'DICM' ? head : null;
  } finally {
    await file.close();
  }
}
