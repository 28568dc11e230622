/**
 * What a database error means, on SQLite, PostgreSQL and SQL Server. Drivers quote values in their messages (a key that
 * exists, a row that failed), so that text never leaves here: only our own code and words, with the error as the cause.
 */
import { QueryFailedError } from 'typeorm';
import { HubError } from '@modelbank/contracts';

export type DatabaseFailure = 'retry' | 'duplicateKey' | 'full' | 'locked' | 'unavailable' | 'storage';

const BY_CODE: readonly (readonly [RegExp, DatabaseFailure])[] = [
  // SQLite result codes
  [/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/, 'duplicateKey'],
  [/^SQLITE_FULL$/, 'full'],
  [/^SQLITE_(BUSY|LOCKED)/, 'locked'],
  [/^SQLITE_(IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB)/, 'storage'],
  // PostgreSQL SQLSTATE
  [/^(40001|40P01)$/, 'retry'],
  [/^23505$/, 'duplicateKey'],
  [/^53100$/, 'full'],
  [/^(08...|57P0[1-5]|53[23]00|25006|55P03)$/, 'unavailable'],
  // SQL Server error numbers
  [/^(1205|3960|1222)$/, 'retry'],
  [/^(2601|2627)$/, 'duplicateKey'],
  [/^(1105|9002)$/, 'full'],
  // sockets and drivers
  [/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)$/, 'unavailable'],
  [/^(ESOCKET|ECONNCLOSED|ETIMEOUT|ELOGIN|ENOTOPEN|ENOCONN)$/, 'unavailable'],
];

/** Null: not an error of the database, or one that only a defect of ours explains. */
export function databaseFailureOf(error: unknown): DatabaseFailure | null {
  const driverError: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof driverError !== 'object' || driverError === null || driverError instanceof HubError) return null;
  const { code, number, message } = driverError as { code?: unknown; number?: unknown; message?: unknown };
  for (const value of [number, code]) {
    const found = BY_CODE.find(([pattern]) => value !== undefined && pattern.test(String(value)));
    if (found) return found[1];
  }
  return /^Connection terminated/.test(String(message)) ? 'unavailable' : null;
}

/** The error that a unit of work throws: HubErrors of its work as they are, database errors by their meaning. */
export function asUnitFailure(error: unknown): unknown {
  switch (databaseFailureOf(error)) {
    case 'duplicateKey':
      return new HubError('CONFLICT', 'a row with this key exists already', { cause: error });
    case 'full':
      return new HubError('STORAGE_FULL', 'the database has no room', { cause: error });
    case 'retry':
    case 'locked':
    case 'unavailable':
      return new HubError('DATABASE_UNAVAILABLE', 'the database is not available', { cause: error });
    case 'storage':
      return new HubError('STORAGE_FAILED', 'the database cannot be read or written', { cause: error });
    case null:
      return error;
  }
}
