/** Brings the database to the schema of this release: forward only, with a backup of SQLite before anything changes. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { MigrationExecutor } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { locationsOf } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { syncFile, syncFolder } from '../objects/durable-files';

const BACKUPS_KEPT = 5;
/** Any number that nobody else in this database uses. */
const ADVISORY_LOCK = 11_112_104;

/** Throws INVALID_CONFIGURATION when a newer hub has written the database. */
export async function migrate(writer: DataSource, configuration: Configuration, clock: Clock): Promise<void> {
  const unlock = await lockMigrations(writer, configuration);
  try {
    await migrateLocked(writer, configuration, clock);
  } finally {
    await unlock();
  }
}

/** Hubs that start together on one PostgreSQL migrate one after the other; the lock goes with its connection. */
async function lockMigrations(writer: DataSource, configuration: Configuration): Promise<() => Promise<void>> {
  if (configuration.database.type !== 'postgres') return () => Promise.resolve();
  const runner = writer.createQueryRunner();
  // whoever migrates may take long
  await runner.query('SET lock_timeout = 0');
  await runner.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
  await runner.query('RESET lock_timeout');
  return async () => {
    await runner.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK]).finally(() => runner.release());
  };
}

async function migrateLocked(writer: DataSource, configuration: Configuration, clock: Clock): Promise<void> {
  const known = new Set(writer.migrations.map((migration) => migration.name));
  const applied = await appliedMigrations(writer);
  if (applied.some((name) => !known.has(name))) {
    throw new HubError('INVALID_CONFIGURATION', 'a newer version of Modelbank has written this database', {
      advice: 'start that version, or restore a backup of this one',
    });
  }
  if (applied.length === known.size) return;
  if (applied.length > 0 && configuration.database.type === 'sqlite') await backUp(writer, configuration, clock);
  try {
    await writer.runMigrations({ transaction: 'each' });
  } catch (error) {
    throw new HubError('STORAGE_FAILED', 'the database could not be brought to this release', {
      cause: error,
      advice: 'nothing of the failed step was kept; backups lie in the backups folder of MODELBANK_HOME',
    });
  }
}

async function appliedMigrations(writer: DataSource): Promise<string[]> {
  const runner = writer.createQueryRunner();
  try {
    if (!(await runner.hasTable('migrations'))) return [];
  } finally {
    await runner.release();
  }
  const executed = await new MigrationExecutor(writer).getExecutedMigrations();
  return executed.map((migration) => migration.name);
}

/** A whole, consistent copy, written beside its place first; the oldest ones are deleted. */
async function backUp(writer: DataSource, configuration: Configuration, clock: Clock): Promise<void> {
  const { backups } = locationsOf(configuration);
  const name = `modelbank-${clock.now().toISOString().replace(/[:.]/g, '-')}.sqlite`;
  const unfinished = join(backups, `${name}.new`);
  await mkdir(backups, { recursive: true, mode: 0o700 });
  await rm(unfinished, { force: true });
  await writer.query('VACUUM INTO ?', [unfinished]);
  await syncFile(unfinished);
  await rename(unfinished, join(backups, name));
  await syncFolder(backups);
  const all = (await readdir(backups)).filter((file) => /^modelbank-.*\.sqlite$/.test(file)).sort();
  for (const file of all.slice(0, -BACKUPS_KEPT)) await rm(join(backups, file));
}
