/** Errors of three databases by their meaning, without their texts. */
import { QueryFailedError } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import { asUnitFailure, databaseFailureOf } from './database-failure';

const failed = (fields: object) =>
  new QueryFailedError('INSERT', ['Ancker^Nancy'], Object.assign(new Error('key (Ancker^Nancy) exists'), fields));

describe('a database error', () => {
  it.each([
    [{ code: 'SQLITE_CONSTRAINT_UNIQUE' }, 'duplicateKey', 'CONFLICT'],
    [{ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }, 'duplicateKey', 'CONFLICT'],
    [{ code: 'SQLITE_FULL' }, 'full', 'STORAGE_FULL'],
    [{ code: 'SQLITE_BUSY_SNAPSHOT' }, 'locked', 'DATABASE_UNAVAILABLE'],
    [{ code: 'SQLITE_IOERR_FSYNC' }, 'storage', 'STORAGE_FAILED'],
    [{ code: '40001' }, 'retry', 'DATABASE_UNAVAILABLE'],
    [{ code: '40P01' }, 'retry', 'DATABASE_UNAVAILABLE'],
    [{ code: '23505' }, 'duplicateKey', 'CONFLICT'],
    [{ code: '53100' }, 'full', 'STORAGE_FULL'],
    [{ code: '57P01' }, 'unavailable', 'DATABASE_UNAVAILABLE'],
    [{ code: '08006' }, 'unavailable', 'DATABASE_UNAVAILABLE'],
    [{ code: 'EREQUEST', number: 1205 }, 'retry', 'DATABASE_UNAVAILABLE'],
    [{ code: 'EREQUEST', number: 2627 }, 'duplicateKey', 'CONFLICT'],
    [{ code: 'EREQUEST', number: 1105 }, 'full', 'STORAGE_FULL'],
    [{ code: 'ESOCKET' }, 'unavailable', 'DATABASE_UNAVAILABLE'],
    [{ code: 'ECONNREFUSED' }, 'unavailable', 'DATABASE_UNAVAILABLE'],
  ])('%p is %s', (fields, failure, code) => {
    const error = failed(fields);
    expect(databaseFailureOf(error)).toBe(failure);
    const told = asUnitFailure(error) as HubError;
    expect(told).toMatchObject({ code, cause: error });
    expect(told.message).not.toContain('Nancy');
  });

  it('that only a defect explains stays what it is', () => {
    const error = failed({ code: 'SQLITE_ERROR' });
    expect(asUnitFailure(error)).toBe(error);
  });

  it('is none of ours: HubErrors and errors of the work pass', () => {
    const own = new HubError('CONFLICT', 'own');
    const work = new Error('work');
    expect([asUnitFailure(own), asUnitFailure(work), asUnitFailure('text')]).toEqual([own, work, 'text']);
  });

  it('of a lost PostgreSQL connection has no code but its words', () => {
    expect(databaseFailureOf(new Error('Connection terminated unexpectedly'))).toBe('unavailable');
  });
});
