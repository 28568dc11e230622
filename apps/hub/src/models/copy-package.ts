/**
 * Copies a package folder file by file and digests what it copies, so that the digest is that of the bytes the hub keeps.
 * Links and special files are refused, sizes are bounded, every file reaches the disk before the copy counts.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asHubError, HubError } from '@modelbank/contracts';
import { checkPackagePath, invalid, PACKAGE_LIMITS } from './package-rules';

const CHUNK_BYTES = 4 * 1024 ** 2;

/** Relative path (with `/`) -> SHA-256 of every file. `to` must not exist yet. */
export async function copyPackage(from: string, to: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  let bytesLeft: number = PACKAGE_LIMITS.totalBytes;
  for (const path of await listFiles(from)) {
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true });
    const { sha256, bytes } = await copyFile(join(from, path), target, path, bytesLeft);
    files[path] = sha256;
    bytesLeft -= bytes;
  }
  return files;
}

async function listFiles(root: string): Promise<string[]> {
  const paths: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) throw invalid('the package holds a link', 'Put the file itself into the package.');
      if (entry.isDirectory()) {
        if (path.split('/').length >= PACKAGE_LIMITS.depth) throw invalid('folders lie too deep', 'Use fewer folders.');
        folders.push(path);
        continue;
      }
      if (!entry.isFile()) throw invalid('the package holds a special file', 'Remove sockets, pipes and devices.');
      checkPackagePath(path);
      paths.push(path);
      if (paths.length > PACKAGE_LIMITS.files) {
        throw invalid(`the package has more than ${PACKAGE_LIMITS.files} files`, 'Pack the golden cases.');
      }
    }
  }
  return paths.sort();
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new HubError('PACKAGE_INVALID', 'the package folder cannot be read', {
      cause,
      advice: "Give a folder on the hub's own machine that the hub's user can read.",
    });
  }
}

async function copyFile(from: string, to: string, path: string, bytesLeft: number) {
  // O_NOFOLLOW: the entry may have become a link since it was listed
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: unknown) => {
    throw new HubError('PACKAGE_INVALID', `${path} cannot be read`, { cause, advice: 'Make the file readable.' });
  });
  try {
    const target = await open(to, 'wx', 0o640);
    try {
      return await pump(source, target, path, Math.min(bytesLeft, PACKAGE_LIMITS.fileBytes));
    } finally {
      await target.close();
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new HubError('STORAGE_FULL', 'there is no room for the package', { cause: thrown });
    }
    throw asHubError(thrown);
  } finally {
    await source.close();
  }
}

async function pump(source: FileHandle, target: FileHandle, path: string, limit: number) {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) break;
    bytes += bytesRead;
    if (bytes > limit) throw invalid(`${path} makes the package larger than allowed`, 'Leave out what is not needed.');
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    await target.writeFile(chunk);
  }
  await target.sync();
  return { sha256: hash.digest('hex'), bytes };
}
