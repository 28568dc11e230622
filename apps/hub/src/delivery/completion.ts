/**
 * May a result leave? Its series must be complete, and no other series of the same study and frame of reference may still
 * be arriving: a better one could take over the task.
 */
import { In, Not } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import { DeliveryEntity, InputSetEntity, SeriesEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';

export async function hasOpenSiblings(manager: EntityManager, inputSet: InputSetEntity): Promise<boolean> {
  if (inputSet.frameOfReferenceUid === null) return false;
  return manager.existsBy(SeriesEntity, {
    id: Not(inputSet.seriesId),
    centreId: inputSet.centreId,
    studyInstanceUid: inputSet.studyInstanceUid,
    frameOfReferenceUid: inputSet.frameOfReferenceUid,
    state: 'open',
  });
}

/** Lets go what awaited completion and awaits it no more; returns how many. Idempotent: also run by the sweep. */
export async function releaseCompleted(tx: Transaction, clock: Clock): Promise<number> {
  const waiting = await tx.manager.findBy(DeliveryEntity, { state: 'awaitingCompletion' });
  if (waiting.length === 0) return 0;
  const inputSets = await tx.manager.findBy(InputSetEntity, {
    id: In([...new Set(waiting.map(({ inputSetId }) => inputSetId))]),
  });
  const free = new Set<string>();
  for (const inputSet of inputSets) {
    if (inputSet.state === 'complete' && !(await hasOpenSiblings(tx.manager, inputSet))) free.add(inputSet.id);
  }
  const released = waiting.filter(({ inputSetId }) => free.has(inputSetId));
  for (const { id } of released) {
    await tx.manager.update(
      DeliveryEntity,
      { id, state: 'awaitingCompletion' },
      { state: 'waiting', nextAttemptAt: clock.now() },
    );
  }
  return released.length;
}
