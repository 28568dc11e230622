/**
 * Opens the two data sources: a writer that only the unit of work uses, and a reader that cannot write. On SQLite they are
 * two connections, because everything on one connection is in the same transaction.
 */
import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import { locationsOf } from '@modelbank/platform';
import type { Configuration, DatabaseType } from '@modelbank/platform';
import { MIGRATIONS } from '../migrations/migrations';
import { applyColumnKinds } from '../schema/column-kinds';
import { ENTITIES } from '../schema/entities';

export type DataSourceRole = 'writer' | 'reader';

export interface DataSources {
  readonly database: DatabaseType;
  readonly writer: DataSource;
  readonly reader: DataSource;
}

interface SqliteConnection {
  pragma(statement: string): unknown;
}

const BUSY_TIMEOUT_MS = 5000;
const CONNECT_TIMEOUT_MS = 10_000;
/** A checkpoint copies the log into the database while everybody waits: seldom, and not too much (16 MiB) at once. */
const CHECKPOINT_PAGES = 4_000;
const CACHE_KIB = 16_384;

/** Both data sources, not yet connected. */
export function createDataSources(configuration: Configuration): DataSources {
  return {
    database: configuration.database.type,
    writer: new DataSource(dataSourceOptions(configuration, 'writer')),
    reader: new DataSource(dataSourceOptions(configuration, 'reader')),
  };
}

/** Connects and gives the metadata the data types of this database. */
export async function connect(dataSource: DataSource, database: DatabaseType): Promise<void> {
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new HubError('DATABASE_UNAVAILABLE', 'the database cannot be opened', { cause: error });
  }
  applyColumnKinds(dataSource, database);
}

export function dataSourceOptions(configuration: Configuration, role: DataSourceRole): DataSourceOptions {
  const common = { entities: [...ENTITIES], migrations: [...MIGRATIONS], synchronize: false, logging: false };
  switch (configuration.database.type) {
    case 'sqlite':
      return { ...common, ...sqlite(configuration, role) };
    case 'postgres':
      return { ...common, ...postgres(urlOf(configuration), role) };
    case 'mssql':
      return { ...common, ...mssql(urlOf(configuration), role) };
  }
}

function sqlite(configuration: Configuration, role: DataSourceRole) {
  const { database } = locationsOf(configuration);
  const common = { type: 'better-sqlite3', database, timeout: BUSY_TIMEOUT_MS } as const;
  if (role === 'reader') return { ...common, readonly: true, fileMustExist: true };
  return {
    ...common,
    enableWAL: true,
    prepareDatabase: (connection: SqliteConnection) => {
      // durable all the same: WalSync syncs the log after each commit
      connection.pragma('synchronous = NORMAL');
      connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      connection.pragma(`cache_size = -${CACHE_KIB}`);
    },
  };
}

/** Text is compared and stored as UTF-8; a reader's session refuses to write. */
function postgres(url: string, role: DataSourceRole) {
  const readOnly = role === 'reader' ? { options: '-c default_transaction_read_only=on' } : {};
  return {
    type: 'postgres',
    url,
    applicationName: `modelbank-${role}`,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { ...readOnly },
  } as const;
}

function mssql(url: string, role: DataSourceRole) {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  return {
    type: 'mssql',
    host: hostname,
    port: Number(port || '1433'),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    options: {
      appName: `modelbank-${role}`,
      encrypt: searchParams.get('encrypt') !== 'false',
      trustServerCertificate: searchParams.get('trustServerCertificate') === 'true',
      readOnlyIntent: role === 'reader',
      /** Keys are varchar: sent as nvarchar they would make their indices useless. */
      disableAsciiToUnicodeParamConversion: true,
    },
  } as const;
}

function urlOf(configuration: Configuration): string {
  const { url } = configuration.database;
  if (url !== undefined && URL.canParse(url)) return url;
  throw new HubError('INVALID_CONFIGURATION', 'database.url is not a URL');
}
