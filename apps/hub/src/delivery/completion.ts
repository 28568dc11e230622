/**
 * May a result leave? Its series must be complete and its task still be its own, and no other series of the same study,
 * frame of reference, patient and purpose may still be arriving or be unknown to selection: a better one could take over the task.
 */
import { In, IsNull, Not } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import {
  CandidateEntity,
  DeliveryEntity,
  HeldItemEntity,
  InputSetEntity,
  JobEntity,
  SeriesEntity,
  TaskSelectionEntity,
} from '@modelbank/store';
import type { Transaction } from '@modelbank/store';

/** Input sets whose deliveries are looked at in one go; the sweep comes again. */
const INPUT_SETS_AT_ONCE = 200;

/** Read from the rows, because the events that say so may still be on their way. */
export async function mayLeave(manager: EntityManager, inputSet: InputSetEntity, job: JobEntity): Promise<boolean> {
  return (await isSelected(manager, job)) && (await isComplete(manager, inputSet));
}

function isSelected(manager: EntityManager, { taskSelectionId: id }: JobEntity): Promise<boolean> {
  return manager.existsBy(TaskSelectionEntity, { id, state: 'selected' });
}

async function isComplete(manager: EntityManager, inputSet: InputSetEntity): Promise<boolean> {
  const { state, seriesId, centreId, studyInstanceUid, frameOfReferenceUid, patientKey, purpose } = inputSet;
  if (state !== 'complete') return false;
  if (frameOfReferenceUid === null) return true;
  const study = { centreId, studyInstanceUid, frameOfReferenceUid, patientKey: patientKey ?? IsNull(), purpose };
  if (await manager.existsBy(SeriesEntity, { ...study, id: Not(seriesId), state: 'open' })) return false;
  const others = { ...study, seriesId: Not(seriesId), state: In(['provisional', 'complete']) };
  for (const { id: inputSetId } of await manager.find(InputSetEntity, { select: { id: true }, where: others })) {
    if (!(await isKnownToSelection(manager, inputSetId))) return false;
  }
  return true;
}

/**
 * Selection leaves a candidate for every registered version, and one at least made the result in question; of an input set
 * that it could not read it leaves a held item.
 */
async function isKnownToSelection(manager: EntityManager, inputSetId: string): Promise<boolean> {
  if (await manager.existsBy(CandidateEntity, { inputSetId })) return true;
  return manager.existsBy(HeldItemEntity, {
    kind: 'selection',
    subjectId: inputSetId,
    state: In(['held', 'discarded']),
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
    const jobs = await tx.manager.findBy(JobEntity, { inputSetId: inputSet.id, state: 'built' });
    for (const job of jobs) {
      if (!(await mayLeave(tx.manager, inputSet, job))) continue;
      const { affected } = await tx.manager.update(
        DeliveryEntity,
        { jobId: job.id, state: 'awaitingCompletion' },
        { state: 'waiting', nextAttemptAt: clock.now() },
      );
      released += affected ?? 0;
    }
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
