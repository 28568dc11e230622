/** Results of a cancelled job: withdrawn before they left, superseded where a receiver has one already. */
import { DeliveryEntity, ResultEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';

export async function withdrawResults(
  tx: Transaction,
  jobId: string,
  reason: string,
  causationId: string,
): Promise<void> {
  const results = await tx.manager.findBy(ResultEntity, { jobId, state: 'built' });
  for (const { id, centreId } of results) {
    const delivered = await tx.manager.existsBy(DeliveryEntity, { resultId: id, state: 'delivered' });
    await tx.manager.update(
      ResultEntity,
      { id },
      { state: delivered ? 'superseded' : 'withdrawn', stateReason: reason },
    );
    await tx.emit('result.withdrawn', centreId, { resultId: id, centreId, reason }, causationId);
  }
}

/** It was on its way when it was withdrawn: the receiver has it, so it is superseded, not withdrawn. */
export async function deliveredAfterAll(tx: Transaction, resultId: string): Promise<void> {
  await tx.manager.update(ResultEntity, { id: resultId, state: 'withdrawn' }, { state: 'superseded' });
}
