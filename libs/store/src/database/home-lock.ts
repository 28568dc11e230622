/**
 * One hub per MODELBANK_HOME with SQLite: two would each have a mutex of their own. The lock is an open transaction on a
 * file of its own, so that the operating system gives it back however the process ends.
 */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { HubError } from '@modelbank/contracts';
import type { Configuration } from '@modelbank/platform';

const LOCK_FILE = 'hub.lock';

/** Returns the function that gives the lock back; throws CONFLICT when another process has it. */
export function lockHome(configuration: Configuration): () => void {
  if (configuration.database.type !== 'sqlite') return () => undefined;
  mkdirSync(configuration.home, { recursive: true, mode: 0o700 });
  const lock = new Database(join(configuration.home, LOCK_FILE), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new HubError('CONFLICT', 'another hub is running with this MODELBANK_HOME', {
      cause: error,
      advice: 'stop it, or choose another MODELBANK_HOME',
    });
  }
  return () => lock.close();
}
