/** Looks rows up by the values of key columns, with some of their columns: the reads of the paths that run for every instance. */
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { conditionOf } from './key-condition';
import type { Criteria } from './key-condition';
import { columnOf, escaped, metadataOf, statementOf } from './prepared-sql';

/** Rows that match every criterion, in no order. Inside a transaction it reads what the transaction sees. */
export async function findRows<E extends ObjectLiteral, K extends keyof E & string>(
  manager: EntityManager,
  entity: EntityTarget<E>,
  select: readonly K[],
  criteria: Criteria<E>,
): Promise<Pick<E, K>[]> {
  const metadata = metadataOf(manager, entity);
  const condition = conditionOf(manager, metadata, criteria);
  const text = statementOf(metadata, `find ${select.join()} ${condition.key}`, () => {
    const columns = select.map(
      (property) => `${escaped(manager, columnOf(metadata, property).databaseName)} AS ${escaped(manager, property)}`,
    );
    return `SELECT ${columns.join(', ')} FROM ${escaped(manager, metadata.tableName)} WHERE ${condition.text()}`;
  });
  const rows = await manager.query<Record<string, unknown>[]>(text, condition.parameters);
  const { driver } = manager.dataSource;
  return rows.map(
    (row) =>
      Object.fromEntries(
        select.map((property) => [property, driver.prepareHydratedValue(row[property], columnOf(metadata, property))]),
      ) as Pick<E, K>,
  );
}
