/** Inserts whole rows. TypeORM's type of a row refuses JSON columns of unknown shape, which ours are by design. */
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

export async function insertRow<E extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<E>,
  row: E | readonly E[],
): Promise<void> {
  await manager.insert(entity, row as never);
}
