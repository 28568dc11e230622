/**
 * Objects as files of one folder: written beside their place, synced, then renamed to their key, so that a key either does
 * not exist or names the whole object. `commitPart` returns only when a power cut can no longer take the object away.
 */
import { randomUUID } from 'node:crypto';
import { access, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HubError } from '@modelbank/contracts';
import type { ObjectStore, ObjectUpload } from '@modelbank/contracts';
import { asStorageFailure, makeDurableFolder, makeDurableFolderSync, syncFile, syncFolder } from './durable-files';
import { FolderUpload } from './folder-upload';
import { assertObjectKey, PARTS_FOLDER } from './object-key';
import { WritingThreads } from './writing-threads';

export class FolderObjectStore implements ObjectStore {
  private readonly folder: string;
  private readonly parts: string;
  private readonly knownFolders = new Set<string>();
  private readonly threads = new WritingThreads();

  constructor(folder: string) {
    this.folder = resolve(folder);
    this.parts = join(this.folder, PARTS_FOLDER);
    try {
      makeDurableFolderSync(this.parts);
    } catch (error) {
      throw asStorageFailure(error);
    }
  }

  upload(): ObjectUpload {
    return new FolderUpload(this.threads, this.newPartPath(), (key) => this.pathOf(key));
  }

  newPartPath(): string {
    return join(this.parts, `${randomUUID()}.part`);
  }

  async commitPart(partPath: string, key: string): Promise<void> {
    this.assertPart(partPath);
    const path = this.pathOf(key);
    try {
      await syncFile(partPath);
      await this.folderFor(path);
      await rename(partPath, path);
      await syncFolder(dirname(path));
    } catch (error) {
      if (isMissing(error)) this.knownFolders.clear();
      if (isMissing(error) && (await this.exists(key))) return;
      throw isMissing(error)
        ? new HubError('STORAGE_FAILED', 'the part file is gone', { cause: error })
        : asStorageFailure(error);
    }
  }

  async discardPart(partPath: string): Promise<void> {
    this.assertPart(partPath);
    await this.unlinkIfThere(partPath);
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    assertObjectKey(key);
    const part = this.newPartPath();
    try {
      await writeFile(part, bytes, { flag: 'wx' });
      await this.commitPart(part, key);
    } catch (error) {
      await unlink(part).catch(() => undefined);
      throw asStorageFailure(error);
    }
  }

  async read(key: string): Promise<Buffer> {
    try {
      return await readFile(this.pathOf(key));
    } catch (error) {
      throw asStorageFailure(error);
    }
  }

  async exists(key: string): Promise<boolean> {
    try {
      await access(this.pathOf(key));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw asStorageFailure(error);
    }
  }

  async remove(key: string): Promise<void> {
    await this.unlinkIfThere(this.pathOf(key));
  }

  pathOf(key: string): string {
    assertObjectKey(key);
    return join(this.folder, key);
  }

  /**
   * Deletes part files that a dead process left, and says how many. With one process per folder every part is left over at
   * start-up; where processes share the folder only those that nobody has written to for a day are.
   */
  async removeAbandonedParts(olderThanMs: number): Promise<number> {
    let removed = 0;
    try {
      for (const name of await readdir(this.parts)) {
        const path = join(this.parts, name);
        const { mtimeMs } = await stat(path);
        if (Date.now() - mtimeMs < olderThanMs) continue;
        await this.unlinkIfThere(path);
        removed += 1;
      }
    } catch (error) {
      throw asStorageFailure(error);
    }
    return removed;
  }

  /** Ends the writing threads; what they were at is left over and removed at the next start. */
  close(): Promise<void> {
    return this.threads.close();
  }

  private async folderFor(path: string): Promise<void> {
    const folder = dirname(path);
    if (this.knownFolders.has(folder)) return;
    // whoever unmounted the file system left an empty folder behind: nothing is made in there
    await access(this.parts);
    await makeDurableFolder(folder);
    this.knownFolders.add(folder);
  }

  private assertPart(path: string): void {
    if (dirname(resolve(path)) === this.parts) return;
    throw new HubError('INTERNAL', 'a path that is no part file was used as one');
  }

  private async unlinkIfThere(path: string): Promise<void> {
    try {
      await unlink(path);
    } catch (error) {
      if (!isMissing(error)) throw asStorageFailure(error);
    }
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
