/** Inserts whole rows with one statement. TypeORM's own type of a row refuses JSON columns of unknown shape, ours by design. */
import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import { escaped, metadataOf, parameterOf, placeholder, statementOf } from './prepared-sql';

/** Parameters of one statement: SQL Server takes 2100. */
const MOST_PARAMETERS = 2000;

/** Every column of every row must be given. Many rows go in as few statements as the databases take. */
export async function insertRow<E extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<E>,
  row: E | readonly E[],
): Promise<void> {
  const rows = (Array.isArray(row) ? row : [row]) as readonly E[];
  const metadata = metadataOf(manager, entity);
  const atOnce = Math.floor(MOST_PARAMETERS / metadata.columns.length);
  for (let start = 0; start < rows.length; start += atOnce) {
    await insertTogether(manager, metadata, rows.slice(start, start + atOnce));
  }
}

async function insertTogether(
  manager: EntityManager,
  metadata: EntityMetadata,
  rows: readonly ObjectLiteral[],
): Promise<void> {
  const text = statementOf(metadata, `insert ${rows.length}`, () => insertText(manager, metadata, rows.length));
  const parameters = rows.flatMap((row) =>
    metadata.columns.map((column) => parameterOf(manager, column, row[column.propertyName])),
  );
  await manager.query(text, parameters);
}

function insertText(manager: EntityManager, { columns, tableName }: EntityMetadata, rowCount: number): string {
  const names = columns.map((column) => escaped(manager, column.databaseName)).join(', ');
  const values = Array.from({ length: rowCount }, (_, row) => {
    const places = columns.map((_column, index) => placeholder(manager, row * columns.length + index));
    return `(${places.join(', ')})`;
  });
  return `INSERT INTO ${escaped(manager, tableName)} (${names}) VALUES ${values.join(', ')}`;
}
