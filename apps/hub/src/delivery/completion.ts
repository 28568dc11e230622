/**
 * May a result leave? Its series must be complete, and no other series of the same study and frame of reference may still
 * be arriving: a better one could take over the task.
 */
import { Not } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import { DeliveryEntity, InputSetEntity, SeriesEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';

/** Input sets whose deliveries are looked at in one go; the sweep comes again. */
const INPUT_SETS_AT_ONCE = 200;

export async function isComplete(manager: EntityManager, inputSet: InputSetEntity): Promise<boolean> {
  return inputSet.state === 'complete' && !(await hasOpenSiblings(manager, inputSet));
}

async function hasOpenSiblings(manager: EntityManager, inputSet: InputSetEntity): Promise<boolean> {
  if (inputSet.frameOfReferenceUid === null) return false;
  return manager.existsBy(SeriesEntity, {
    id: Not(inputSet.seriesId),
    centreId: inputSet.centreId,
    studyInstanceUid: inputSet.studyInstanceUid,
    frameOfReferenceUid: inputSet.frameOfReferenceUid,
    state: 'open',
  });
}

/** Whether something awaits completion: a read, so that an idle hub writes nothing. */
export function awaitsCompletion(manager: EntityManager): Promise<boolean> {
  return manager.existsBy(DeliveryEntity, { state: 'awaitingCompletion' });
}

/** Lets go what awaited completion and awaits it no more; returns how many. Idempotent: also run by the sweep. */
export async function releaseCompleted(tx: Transaction, clock: Clock): Promise<number> {
  let released = 0;
  for (const inputSet of await awaitedSets(tx.manager)) {
    if (!(await isComplete(tx.manager, inputSet))) continue;
    const { affected } = await tx.manager.update(
      DeliveryEntity,
      { inputSetId: inputSet.id, state: 'awaitingCompletion' },
      { state: 'waiting', nextAttemptAt: clock.now() },
    );
    released += affected ?? 0;
  }
  return released;
}

/** Complete input sets with a delivery that waits for them; provisional and superseded ones are left out in SQL. */
function awaitedSets(manager: EntityManager): Promise<InputSetEntity[]> {
  const awaiting = manager
    .createQueryBuilder(DeliveryEntity, 'delivery')
    .select('delivery.inputSetId')
    .where('delivery.state = :awaiting');
  return manager
    .createQueryBuilder(InputSetEntity, 'inputSet')
    .where('inputSet.state = :complete')
    .andWhere(`inputSet.id IN (${awaiting.getQuery()})`)
    .setParameters({ awaiting: 'awaitingCompletion', complete: 'complete' })
    .orderBy('inputSet.id')
    .take(INPUT_SETS_AT_ONCE)
    .getMany();
}
