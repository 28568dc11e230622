/** What a hub's disks hold, to hold against what it said: rows, whole objects, and nothing half-written. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { SentFile } from '@modelbank/dimse';

export interface Kept {
  /** SOP Instance UIDs of the rows. */
  readonly rows: readonly string[];
  /** Rows whose object is missing or has another digest. */
  readonly broken: readonly string[];
  /** Objects that no row names. */
  readonly orphans: readonly string[];
  readonly parts: readonly string[];
}

export function whatIsKept(home: string): Kept {
  const database = new Database(join(home, 'modelbank.sqlite'), { readonly: true });
  const rows = database
    .prepare('SELECT sopInstanceUid, objectKey, objectSha256 FROM instance ORDER BY sopInstanceUid')
    .all() as { sopInstanceUid: string; objectKey: string; objectSha256: string }[];
  database.close();
  const objects = join(home, 'objects');
  const keys = new Set(rows.map(({ objectKey }) => objectKey));
  const isBroken = (key: string, digest: string) => {
    const path = join(objects, key);
    return !existsSync(path) || createHash('sha256').update(readFileSync(path)).digest('hex') !== digest;
  };
  return {
    rows: rows.map(({ sopInstanceUid }) => sopInstanceUid),
    broken: rows.filter((row) => isBroken(row.objectKey, row.objectSha256)).map(({ sopInstanceUid }) => sopInstanceUid),
    orphans: filesBelow(objects, 'instances').filter((key) => !keys.has(key)),
    parts: filesBelow(objects, '.parts'),
  };
}

/** What the sender was told: a status in hexadecimal, or the rejection of its association as PS3.8 numbers it. */
export function answers(sent: readonly SentFile[]): string[] {
  return sent.map(({ status, error }) =>
    status === undefined
      ? (/\d\/\d\/\d/.exec(error.message)?.[0] ?? error.code)
      : status.code.toString(16).toUpperCase().padStart(4, '0'),
  );
}

/** Keys of the files below a folder of the object store. */
export function filesBelow(objects: string, folder: string): string[] {
  if (!existsSync(join(objects, folder))) return [];
  return readdirSync(join(objects, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(objects.length + 1));
}
