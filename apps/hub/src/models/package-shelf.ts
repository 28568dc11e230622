/** Where registered packages lie: `<home>/models/<id>/<version>`, put there whole or not at all. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';

/** Hidden, so that no model id can have this name. */
const STAGING = '.staging';

export class PackageShelf {
  constructor(private readonly modelsFolder: string) {}

  /** A new folder on the same file system; the caller moves or discards it. */
  async stage(): Promise<string> {
    const folder = join(this.modelsFolder, STAGING, randomUUID());
    await mkdir(folder, { recursive: true, mode: 0o750 });
    return folder;
  }

  /** Moves a staged package to its place. What an interrupted registration left there is replaced. */
  async place(staged: string, modelId: string, version: string): Promise<void> {
    const target = this.folderOf(modelId, version);
    await mkdir(dirname(target), { recursive: true, mode: 0o750 });
    await rm(target, { recursive: true, force: true });
    await rename(staged, target);
    await syncFolder(target);
    await syncFolder(dirname(target));
  }

  async discard(staged: string): Promise<void> {
    await rm(staged, { recursive: true, force: true });
  }

  /** Clears what interrupted registrations staged; only at start-up. */
  async clear(): Promise<void> {
    await rm(join(this.modelsFolder, STAGING), { recursive: true, force: true });
  }

  /** Both are checked by the manifest's rules: no separators, no dots alone. */
  folderOf(modelId: string, version: string): string {
    return join(this.modelsFolder, modelId, version);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
