/**
 * Tables for migrations, described without a database: the same description gives the right DDL on SQLite, PostgreSQL and
 * SQL Server. Migrations hold descriptions of their own, never entities, because entities change and migrations do not.
 */
import { Table } from 'typeorm';
import type { TableColumnOptions } from 'typeorm';
import type { DatabaseType } from '@modelbank/platform';
import { sqlTypeOf } from './column-kinds';
import type { ColumnKind } from './column-kinds';

export interface PortableColumn {
  readonly kind: ColumnKind;
  readonly length: number;
  readonly nullable: boolean;
  readonly primary: boolean;
}

export interface PortableTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, PortableColumn>>;
  readonly indices?: readonly (readonly string[])[];
  readonly uniqueIndices?: readonly (readonly string[])[];
  readonly uniques?: readonly (readonly string[])[];
}

const column = (kind: ColumnKind, length = 0): PortableColumn => ({ kind, length, nullable: false, primary: false });

export const id = (): PortableColumn => ({ ...column('key', 64), primary: true });
export const key = (length = 64): PortableColumn => column('key', length);
export const text = (length = 1024): PortableColumn => column('text', length);
export const time = (): PortableColumn => column('time');
export const json = (): PortableColumn => column('json');
export const int = (): PortableColumn => column('int');
export const bigint = (): PortableColumn => column('bigint');
export const flag = (): PortableColumn => column('flag');
export const nullable = (of: PortableColumn): PortableColumn => ({ ...of, nullable: true });

/** TypeORM's table for one database; names of keys and indices are those that TypeORM derives from the columns. */
export function portableTable(database: DatabaseType, table: PortableTable): Table {
  return new Table({
    name: table.name,
    columns: Object.entries(table.columns).map(([name, of]) => columnOptions(database, name, of)),
    indices: [
      ...(table.indices ?? []).map((columnNames) => ({ columnNames: [...columnNames], isUnique: false })),
      ...(table.uniqueIndices ?? []).map((columnNames) => ({ columnNames: [...columnNames], isUnique: true })),
    ],
    uniques: (table.uniques ?? []).map((columnNames) => ({ columnNames: [...columnNames] })),
  });
}

export function columnOptions(database: DatabaseType, name: string, of: PortableColumn): TableColumnOptions {
  return { name, isNullable: of.nullable, isPrimary: of.primary, ...sqlTypeOf(of.kind, database, of.length) };
}

/** The database that a migration's query runner talks to. */
export function databaseOf(driverType: string): DatabaseType {
  return driverType === 'postgres' || driverType === 'mssql' ? driverType : 'sqlite';
}
