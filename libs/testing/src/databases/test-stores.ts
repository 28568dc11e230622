/**
 * Runs a suite on every database there is: SQLite always; PostgreSQL and SQL Server where MODELBANK_TEST_POSTGRES_URL and
 * MODELBANK_TEST_MSSQL_URL name a server. Each store gets a folder and, on a server, a database of its own.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { WakeUps } from '@modelbank/broker';
import { loadConfiguration } from '@modelbank/platform';
import type { Configuration, DatabaseType } from '@modelbank/platform';
import { openStore } from '@modelbank/store';
import type { Store } from '@modelbank/store';
import { VirtualClock } from '../clocks/virtual-clock';

export interface TestStore extends Store {
  readonly configuration: Configuration;
  readonly clock: VirtualClock;
  readonly wakeUps: WakeUps;
  /** Closes and opens again on the same data, like a restart. */
  reopen(): Promise<TestStore>;
  /** Closes and deletes everything. */
  dispose(): Promise<void>;
}

export interface TestDatabase {
  readonly type: DatabaseType;
  /** A fresh, migrated store. */
  open(): Promise<TestStore>;
  /** Configuration of a fresh, empty database, and the function that deletes it. */
  create(): Promise<{ configuration: Configuration; drop: () => Promise<void> }>;
}

const SERVERS = [
  { type: 'postgres', variable: 'MODELBANK_TEST_POSTGRES_URL' },
  { type: 'mssql', variable: 'MODELBANK_TEST_MSSQL_URL' },
] as const;

/** `testStores('outbox', (database) => { it(...) })`: one describe block per database. */
export function testStores(title: string, suite: (database: TestDatabase) => void): void {
  describe(`${title} (sqlite)`, () => suite(testDatabase('sqlite')));
  for (const { type, variable } of SERVERS) {
    const url = process.env[variable];
    if (url) {
      describe(`${title} (${type})`, () => suite(testDatabase(type, url)));
    } else {
      process.stderr.write(`skipped: ${title} (${type}), because ${variable} is not set\n`);
      describe.skip(`${title} (${type})`, () => suite(testDatabase(type, 'unset')));
    }
  }
}

/** One database to test on. */
export function testDatabase(type: DatabaseType, serverUrl?: string): TestDatabase {
  const create = async () => {
    const home = await mkdtemp(join(tmpdir(), 'modelbank-store-'));
    const name = `modelbank_test_${randomBytes(6).toString('hex')}`;
    const url = type === 'sqlite' ? undefined : await createOnServer(type, serverUrl as string, name);
    const env = { MODELBANK_DATABASE_TYPE: type, MODELBANK_DATABASE_URL: url };
    const drop = async () => {
      if (type !== 'sqlite') await onServer(type, serverUrl as string, `DROP DATABASE ${name}`);
      await rm(home, { recursive: true, force: true });
    };
    return { configuration: loadConfiguration(env, home), drop };
  };
  return {
    type,
    create,
    open: async () => {
      const { configuration, drop } = await create();
      return openTestStore(configuration, new VirtualClock(), drop);
    },
  };
}

async function openTestStore(
  configuration: Configuration,
  clock: VirtualClock,
  drop: () => Promise<void>,
): Promise<TestStore> {
  const wakeUps = new WakeUps();
  const store = await openStore(configuration, { clock, broker: wakeUps });
  const reopen = async () => {
    await store.close();
    return openTestStore(configuration, clock, drop);
  };
  const dispose = async () => {
    await store.close();
    await drop();
  };
  return { ...store, configuration, clock, wakeUps, reopen, dispose };
}

async function createOnServer(type: 'postgres' | 'mssql', serverUrl: string, name: string): Promise<string> {
  await onServer(type, serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

async function onServer(type: 'postgres' | 'mssql', url: string, statement: string): Promise<void> {
  const source = new DataSource(
    type === 'postgres' ? { type, url } : { type, url, options: { trustServerCertificate: true } },
  );
  await source.initialize();
  await source.query(statement).finally(() => source.destroy());
}
