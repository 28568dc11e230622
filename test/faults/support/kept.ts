/** What a hub's disks hold, to hold against what it said: rows, whole objects, and nothing half-written. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  const rows = rowsOf(home);
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

interface Row {
  readonly sopInstanceUid: string;
  readonly objectKey: string;
  readonly objectSha256: string;
}

/** Of a copy: SQLite resolves /proc/<pid>/root, a symbolic link, to the files of this process. */
function rowsOf(home: string): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'modelbank-kept-'));
  for (const name of ['modelbank.sqlite', 'modelbank.sqlite-wal']) {
    if (existsSync(join(home, name))) copyFileSync(join(home, name), join(folder, name));
  }
  const database = new Database(join(folder, 'modelbank.sqlite'));
  const columns = 'sopInstanceUid, objectKey, objectSha256';
  const rows = database.prepare(`SELECT ${columns} FROM instance ORDER BY sopInstanceUid`).all() as Row[];
  database.close();
  rmSync(folder, { recursive: true });
  return rows;
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
