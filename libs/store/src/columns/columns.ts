/**
 * Column decorators for the portable subset of SQL that SQLite, PostgreSQL and SQL Server share
 * (docs/decisions/portable-schema.md). Entities use these and nothing else. Each column has a kind; the data type that a
 * kind has in each database stands in schema/column-kinds.ts.
 */
import { Column, PrimaryColumn } from 'typeorm';
import type { ColumnOptions, ValueTransformer } from 'typeorm';
import type { ColumnKind } from '../schema/column-kinds';
import { markColumnKind } from '../schema/column-kinds';

/** ISO UTC text of 24 characters <-> Date. Text sorts in time order in every database. */
export const isoTime: ValueTransformer = {
  to: (value: Date | null | undefined) => (value instanceof Date ? value.toISOString() : value),
  from: (value: string | null) => (value === null || value === undefined ? null : new Date(value)),
};

export const json: ValueTransformer = {
  to: (value: unknown) => (value === undefined || value === null ? value : JSON.stringify(value)),
  from: (value: string | null) => (value === null || value === undefined ? null : JSON.parse(value)),
};

/** bigint columns arrive as text from some drivers; our numbers stay below 2^53. */
export const safeInteger: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null || value === undefined ? null : Number(value)),
};

const column =
  (kind: ColumnKind, options: ColumnOptions): PropertyDecorator =>
  (target, property) => {
    markColumnKind(target.constructor, String(property), kind);
    Column(options)(target, property);
  };

export const IdColumn = (): PropertyDecorator => (target, property) => {
  markColumnKind(target.constructor, String(property), 'key');
  PrimaryColumn({ type: 'varchar', length: 64 })(target, property);
};

/** A key or reference: UID, AE title, digest, id, state. Compared byte by byte. */
export const KeyColumn = (length = 64, options: ColumnOptions = {}) =>
  column('key', { type: 'varchar', length, ...options } as ColumnOptions);

export const NullableKeyColumn = (length = 64) => KeyColumn(length, { nullable: true });

/** Text that people wrote (names, reasons); never patient data. */
export const TextColumn = (options: ColumnOptions = {}) =>
  column('text', { type: 'varchar', length: 1024, ...options } as ColumnOptions);

export const TimeColumn = (options: ColumnOptions = {}) =>
  column('time', { type: 'varchar', length: 24, transformer: isoTime, ...options } as ColumnOptions);

export const NullableTimeColumn = () => TimeColumn({ nullable: true });

/** JSON as text of any length. */
export const JsonColumn = (options: ColumnOptions = {}) =>
  column('json', { type: 'varchar', transformer: json, ...options } as ColumnOptions);

export const NullableJsonColumn = () => JsonColumn({ nullable: true });

export const IntColumn = (options: ColumnOptions = {}) => column('int', { type: 'int', ...options } as ColumnOptions);

export const BigIntColumn = (options: ColumnOptions = {}) =>
  column('bigint', { type: 'bigint', transformer: safeInteger, ...options } as ColumnOptions);

export const FlagColumn = (options: ColumnOptions = {}) =>
  column('flag', { type: Boolean, ...options } as ColumnOptions);
