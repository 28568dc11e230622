/**
 * The same content comes again after retention took its object: it is stored again, because 0x0000 says that it is kept.
 * What results were delivered of becomes what it was, without a second run: the same content gives the same result, which is
 * kept and can be sent again. What nothing was made of is a fresh arrival (docs/decisions/retention.md).
 */
import type { Clock, InstanceDisposition } from '@modelbank/contracts';
import { InstanceEntity, RetentionDeletionEntity, appendJournal } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { dispositionOf } from './disposition';
import type { Disposition } from './disposition';
import type { InstanceCandidate } from './instance-candidate';
import { carryOutFate } from './instance-rows';

export async function storeAgain(
  tx: Transaction,
  clock: Clock,
  instanceId: string,
  candidate: InstanceCandidate,
): Promise<InstanceEntity> {
  const { arrival, file, objectKey, receivedAt } = candidate;
  const stored = await tx.manager.findOneByOrFail(InstanceEntity, { id: instanceId });
  const fate = await fateOf(tx, stored);
  const changes = {
    ...{ objectKey, objectSha256: file.objectSha256, sizeBytes: file.sizeBytes, receivedAt, deletedAt: null },
    ...{ associationId: arrival.id, purpose: fate.isFresh ? arrival.calledAe.purpose : stored.purpose },
    ...{ disposition: fate.disposition, dispositionCode: fate.code },
  };
  await tx.manager.update(InstanceEntity, { id: stored.id }, changes);
  await appendJournal(tx, clock, {
    kind: 'instance.storedAgain',
    centreId: stored.centreId,
    actor: arrival.actor,
    subjectId: stored.id,
    text: `an instance that retention had deleted was stored again: ${fate.sentence}`,
    details: { associationId: arrival.id, disposition: fate.disposition, code: fate.code },
  });
  if (fate.isFresh) await carryOutFate(tx, clock, candidate, stored.id, fate);
  return { ...stored, ...changes };
}

/** By the last deletion: what it was, or, where nothing was made of it, what it would be today. */
async function fateOf(tx: Transaction, stored: InstanceEntity): Promise<Disposition & { readonly isFresh: boolean }> {
  const last = await tx.manager.findOne(RetentionDeletionEntity, {
    where: { subjectId: stored.id, kind: 'instance' },
    order: { id: 'DESC' },
  });
  if (last?.rule !== 'afterDelivery') return { ...dispositionOf(stored.sopClassUid), isFresh: true };
  const disposition = last.state as InstanceDisposition;
  return { disposition, code: last.stateCode, sentence: 'its results were delivered before', isFresh: false };
}
