/**
 * Bytes that are what they were when registered or stored: the SHA-256 is taken from the very bytes that are used, so
 * nothing can change between the check and the use.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HubError } from '@modelbank/contracts';
import type { JobInstance } from '@modelbank/contracts';

/** Reads every file of the package, refuses a missing, changed or additional one, and returns those asked for. */
export async function readVerifiedPackage(
  folder: string,
  digests: Readonly<Record<string, string>>,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const present = await filesBelow(folder);
  const extra = present.filter((path) => !Object.hasOwn(digests, path));
  if (extra.length > 0) throw differs(`${extra.length} file(s) that were not registered, first "${extra[0]}"`);
  const kept = new Map<string, Uint8Array>();
  for (const [path, digest] of Object.entries(digests)) {
    if (!present.includes(path)) throw differs(`"${path}" is missing`);
    const bytes = wanted.includes(path) ? await readFile(join(folder, path)) : undefined;
    const found = bytes === undefined ? await sha256OfFile(join(folder, path)) : sha256(bytes);
    if (found !== digest) throw differs(`"${path}" has another SHA-256`);
    if (bytes !== undefined) kept.set(path, bytes);
  }
  const unregistered = wanted.find((path) => !kept.has(path));
  if (unregistered !== undefined) throw differs(`"${unregistered}" was not registered`);
  return kept;
}

/** Reads the stored instances and checks each digest. */
export async function readVerifiedInstances(instances: readonly JobInstance[]): Promise<Uint8Array[]> {
  const read: Uint8Array[] = [];
  for (const instance of instances) read.push(await readVerifiedInstance(instance));
  return read;
}

async function readVerifiedInstance(instance: JobInstance): Promise<Uint8Array> {
  const bytes = await readFile(instance.path).catch(() => {
    throw new HubError('OBJECT_CORRUPT', 'an instance of the input cannot be read');
  });
  if (sha256(bytes) !== instance.sha256) {
    throw new HubError('OBJECT_CORRUPT', 'an instance of the input no longer has its SHA-256');
  }
  return bytes;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Of a file that is only checked (golden cases may be larger than memory): read piece by piece. */
async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Relative paths with `/`, sorted. Only folders and regular files belong in a package. */
async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(() => {
    throw differs('its folder cannot be read');
  });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await filesBelow(folder, `${path}/`)));
    else if (entry.isFile()) paths.push(path);
    else throw differs(`"${path}" is neither a file nor a folder`);
  }
  return paths.sort();
}

function differs(how: string): HubError {
  return new HubError('PACKAGE_DIGEST_MISMATCH', `the model package differs from what was registered: ${how}`);
}
