/** Deletes rows by the values of key columns. */
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { conditionOf } from './key-condition';
import type { Criteria } from './key-condition';
import { escaped, metadataOf, statementOf } from './prepared-sql';

/** Deletes what matches every criterion; what is gone already is no failure. */
export async function deleteRows<E extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<E>,
  criteria: Criteria<E>,
): Promise<void> {
  const metadata = metadataOf(manager, entity);
  const condition = conditionOf(manager, metadata, criteria);
  const text = statementOf(
    metadata,
    `delete ${condition.key}`,
    () => `DELETE FROM ${escaped(manager, metadata.tableName)} WHERE ${condition.text()}`,
  );
  await manager.query(text, condition.parameters);
}
