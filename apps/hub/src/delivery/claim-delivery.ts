/** Takes the delivery that is due first, by compare-and-set; a lease that ran out is due again. */
import { LessThanOrEqual } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import { DeliveryEntity } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';

export async function claimDelivery(
  unitOfWork: UnitOfWork,
  store: ReadStore,
  leaseMs: number,
  clock: Clock,
): Promise<DeliveryEntity | null> {
  const now = clock.now();
  const due = await store.manager.find(DeliveryEntity, {
    where: [
      { state: 'waiting', nextAttemptAt: LessThanOrEqual(now) },
      { state: 'sending', leaseExpiresAt: LessThanOrEqual(now) },
    ],
    order: { createdAt: 'ASC', id: 'ASC' },
    take: 5,
  });
  for (const delivery of due) {
    const attempts = delivery.attempts + 1;
    // the receiver has the whole time-out for itself; the lease must outlast it
    const leaseExpiresAt = new Date(now.getTime() + 3 * leaseMs);
    const { affected } = await unitOfWork.run((tx) =>
      tx.manager.update(
        DeliveryEntity,
        { id: delivery.id, state: delivery.state, attempts: delivery.attempts },
        { state: 'sending', attempts, leaseExpiresAt },
      ),
    );
    if (affected === 1) return { ...delivery, state: 'sending', attempts, leaseExpiresAt };
  }
  return null;
}

/** After a restart nobody is sending: what a killed hub had claimed is due at once. */
export async function releaseClaims(unitOfWork: UnitOfWork, clock: Clock): Promise<void> {
  await unitOfWork.run((tx) =>
    tx.manager.update(DeliveryEntity, { state: 'sending' }, { leaseExpiresAt: clock.now() }),
  );
}
