/**
 * SQL text that is built once and used for every row: TypeORM's query builders build theirs anew each time, which costs more
 * than SQLite needs to run it. Values still go through the entity's own transformers and the driver's parameter types, so
 * the text is as portable as the builders' (docs/decisions/prepared-sql.md).
 */
import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata';

/** What TypeORM's drivers have and its `Driver` type does not declare: SQL Server wraps values with their type. */
interface Parametrising {
  parametrizeValue?(column: ColumnMetadata, value: unknown): unknown;
}

const statements = new WeakMap<EntityMetadata, Map<string, string>>();

/** The text kept under `key` for this entity of this data source; `build` makes it the first time. */
export function statementOf(metadata: EntityMetadata, key: string, build: () => string): string {
  let ofEntity = statements.get(metadata);
  if (ofEntity === undefined) statements.set(metadata, (ofEntity = new Map<string, string>()));
  let text = ofEntity.get(key);
  if (text === undefined) ofEntity.set(key, (text = build()));
  return text;
}

export function metadataOf<E extends ObjectLiteral>(manager: EntityManager, entity: EntityTarget<E>): EntityMetadata {
  return manager.dataSource.getMetadata(entity);
}

export function columnOf(metadata: EntityMetadata, property: string): ColumnMetadata {
  const column = metadata.findColumnWithPropertyName(property);
  if (column === undefined) throw new Error(`${metadata.name} has no column ${property}`);
  return column;
}

/** A value as this database takes it for this column. */
export function parameterOf(manager: EntityManager, column: ColumnMetadata, value: unknown): unknown {
  const { driver } = manager.dataSource;
  const prepared: unknown = driver.preparePersistentValue(value ?? null, column);
  const { parametrizeValue } = driver as Parametrising;
  return parametrizeValue === undefined ? prepared : parametrizeValue.call(driver, column, prepared);
}

/** `?`, `$1` or `@0`. */
export function placeholder(manager: EntityManager, index: number): string {
  return manager.dataSource.driver.createParameter('', index);
}

export function escaped(manager: EntityManager, name: string): string {
  return manager.dataSource.driver.escape(name);
}
