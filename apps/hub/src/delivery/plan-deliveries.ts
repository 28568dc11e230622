/** One delivery per (result, destination that wants its encoding): waiting, or awaiting the completion of its series. */
import type { Clock } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import {
  DeliveryEntity,
  DestinationEntity,
  InputSetEntity,
  JobEntity,
  ResultEntity,
  insertRow,
} from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { mayLeave } from './completion';

/** The number of deliveries planned; null for a result that was withdrawn meanwhile, even before anybody heard of it. */
export async function planDeliveries(tx: Transaction, resultId: string, clock: Clock): Promise<number | null> {
  const result = await tx.manager.findOneByOrFail(ResultEntity, { id: resultId });
  const job = await tx.manager.findOneByOrFail(JobEntity, { id: result.jobId });
  if (result.state !== 'built' || job.state === 'cancelled') return null;
  const inputSet = await tx.manager.findOneByOrFail(InputSetEntity, { id: job.inputSetId });
  const leaves = await mayLeave(tx.manager, inputSet, job);
  const destinations = await tx.manager.findBy(DestinationEntity, {
    centreId: result.centreId,
    active: true,
    holes: result.encodingProfile,
  });
  for (const destination of destinations) {
    await insertRow(tx.manager, DeliveryEntity, {
      id: uuidv7(clock),
      resultId,
      jobId: job.id,
      centreId: result.centreId,
      inputSetId: inputSet.id,
      destinationId: destination.id,
      state: leaves ? 'waiting' : 'awaitingCompletion',
      stateCode: null,
      lastError: null,
      attempts: 0,
      nextAttemptAt: leaves ? clock.now() : null,
      lastStatus: null,
      leaseExpiresAt: null,
      createdAt: clock.now(),
      deliveredAt: null,
    });
  }
  return destinations.length;
}
