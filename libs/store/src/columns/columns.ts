/**
 * Column decorators for the portable subset of SQL that SQLite, PostgreSQL and SQL Server share
 * (docs/decisions/portable-schema.md). Entities use these and nothing else.
 */
import { Column, PrimaryColumn } from 'typeorm';
import type { ColumnOptions, ValueTransformer } from 'typeorm';

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

export const IdColumn = () => PrimaryColumn({ type: 'varchar', length: 64 });

/** A key or reference: UID, AE title, digest, id, state. Compared byte by byte. */
export const KeyColumn = (length = 64, options: ColumnOptions = {}) =>
  Column({ type: 'varchar', length, ...options } as ColumnOptions);

export const NullableKeyColumn = (length = 64) => KeyColumn(length, { nullable: true });

/** Text that people wrote (names, reasons); never patient data. */
export const TextColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'varchar', length: 1024, ...options } as ColumnOptions);

export const TimeColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'varchar', length: 24, transformer: isoTime, ...options } as ColumnOptions);

export const NullableTimeColumn = () => TimeColumn({ nullable: true });

/** JSON as text; `nvarchar(max)` on SQL Server (see database-dialect.ts). */
export const JsonColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'varchar', transformer: json, comment: 'json', ...options } as ColumnOptions);

export const NullableJsonColumn = () => JsonColumn({ nullable: true });

export const IntColumn = (options: ColumnOptions = {}) => Column({ type: 'int', ...options } as ColumnOptions);

export const BigIntColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'bigint', transformer: safeInteger, ...options } as ColumnOptions);

export const FlagColumn = (options: ColumnOptions = {}) => Column({ type: Boolean, ...options } as ColumnOptions);
