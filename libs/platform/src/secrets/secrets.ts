/**
 * One random key per centre, made once and kept with mode 0600, and what it is for: rows carry a keyed digest of the
 * patient's identity, so that the hub can tell patients apart within a centre and nobody can across centres.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '@modelbank/contracts';

const KEY_BYTES = 32;

export class CentreSecrets {
  private readonly keys = new Map<string, Promise<Buffer>>();

  constructor(private readonly folder: string) {}

  /** The key of a centre; the first call makes it. Every caller, in every process, gets the same one. */
  keyOf(centreId: string): Promise<Buffer> {
    let key = this.keys.get(centreId);
    if (key === undefined) {
      key = this.readOrCreate(centreId);
      this.keys.set(centreId, key);
      key.catch(() => this.keys.delete(centreId));
    }
    return key;
  }

  private async readOrCreate(centreId: string): Promise<Buffer> {
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(centreId)) {
      throw new HubError('INVALID_REQUEST', 'a centre id has lower-case letters, digits and hyphens only');
    }
    const path = join(this.folder, `${centreId}.key`);
    const existing = await readKey(path);
    if (existing) return existing;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await createOnce(this.folder, path);
    const made = await readKey(path);
    if (!made) throw new HubError('STORAGE_FAILED', 'a key that was written cannot be read');
    return made;
  }
}

/**
 * HMAC-SHA256(centre key, issuer, PatientID) in hex. Leading and trailing spaces do not count (PS3.5 6.2, LO); lengths are
 * part of the input, so that no two pairs give the same text.
 */
export function patientKey(key: Uint8Array, issuer: string, patientId: string): string {
  const parts = [issuer.trim(), patientId.trim()].map((part) => `${Buffer.byteLength(part)}:${part}`);
  return createHmac('sha256', key).update(parts.join(',')).digest('hex');
}

async function readKey(path: string): Promise<Buffer | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new HubError('STORAGE_FAILED', 'the key of a centre cannot be read', { cause: error });
  }
  if (bytes.length !== KEY_BYTES) throw new HubError('OBJECT_CORRUPT', 'the key of a centre has the wrong length');
  return bytes;
}

/** Whole and durable under a temporary name first; `link` fails where another process was faster, which is as good. */
async function createOnce(folder: string, path: string): Promise<void> {
  const temporary = join(folder, `.${randomBytes(8).toString('hex')}.new`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(randomBytes(KEY_BYTES));
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(temporary);
  }
  const directory = await open(folder, 'r');
  await directory.sync().finally(() => directory.close());
}
