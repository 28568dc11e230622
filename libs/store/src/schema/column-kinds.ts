/**
 * The kinds of column we use and the data type that each has in each database: the only place that knows them. Migrations
 * write these types; `applyColumnKinds` gives them to TypeORM, so that parameters are sent with the same type.
 */
import type { DataSource } from 'typeorm';
import type { DatabaseType } from '@modelbank/platform';

export type ColumnKind = 'key' | 'text' | 'time' | 'json' | 'int' | 'bigint' | 'flag';

export interface SqlType {
  readonly type: 'varchar' | 'nvarchar' | 'int' | 'integer' | 'bigint' | 'boolean' | 'bit' | 'character varying';
  /** Absent: unbounded, or the kind has no length. */
  readonly length?: string;
  /** SQL Server compares keys byte by byte only when told so. */
  readonly collation?: string;
}

const MSSQL_BINARY = 'Latin1_General_100_BIN2';
const TIME_LENGTH = 24;

/** The data type of a column; `length` in characters, for keys and text. */
export function sqlTypeOf(kind: ColumnKind, database: DatabaseType, length: number): SqlType {
  switch (kind) {
    case 'key':
      return bytewise(database, length);
    case 'time':
      return bytewise(database, TIME_LENGTH);
    case 'text':
      return { type: database === 'mssql' ? 'nvarchar' : 'varchar', length: String(length) };
    case 'json':
      return database === 'mssql' ? { type: 'nvarchar', length: 'MAX' } : { type: 'varchar' };
    case 'int':
      return { type: database === 'mssql' ? 'int' : 'integer' };
    case 'bigint':
      return { type: 'bigint' };
    case 'flag':
      return { type: database === 'mssql' ? 'bit' : 'boolean' };
  }
}

function bytewise(database: DatabaseType, length: number): SqlType {
  const type = { type: 'varchar' as const, length: String(length) };
  if (database === 'mssql') return { ...type, collation: MSSQL_BINARY };
  return database === 'postgres' ? { ...type, collation: 'C' } : type;
}

const kinds = new Map<unknown, Map<string, ColumnKind>>();

/** Remembers the kind of a column; the decorators of columns.ts call it. */
export function markColumnKind(entity: unknown, property: string, kind: ColumnKind): void {
  const ofEntity = kinds.get(entity) ?? new Map<string, ColumnKind>();
  kinds.set(entity, ofEntity.set(property, kind));
}

export function columnKindOf(entity: unknown, property: string): ColumnKind {
  const kind = kinds.get(entity)?.get(property);
  if (kind === undefined) throw new Error(`the column ${property} was not declared with a decorator of columns.ts`);
  return kind;
}

/** Sets the data types of this database in the metadata of an initialised data source (they are its own copies). */
export function applyColumnKinds(dataSource: DataSource, database: DatabaseType): void {
  for (const entity of dataSource.entityMetadatas) {
    for (const column of entity.columns) {
      const kind = columnKindOf(entity.target, column.propertyName);
      const sqlType = sqlTypeOf(kind, database, Number(column.length || 0));
      column.type = kind === 'flag' ? Boolean : (sqlType.type as typeof column.type);
      column.length = sqlType.length ?? '';
      column.collation = sqlType.collation;
    }
  }
}
