/** Takes deliveries that are due, by compare-and-set; a lease that ran out is due again. */
import { In, LessThanOrEqual, Not } from 'typeorm';
import type { FindOptionsWhere } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import { DeliveryEntity } from '@modelbank/store';
import type { ReadStore, Transaction, UnitOfWork } from '@modelbank/store';

/** Deliveries looked at in one go. */
const CANDIDATES = 20;

/** What is due, the longest waiting first; nothing for the destinations that are being sent to. */
export function dueDeliveries(
  store: ReadStore,
  busyDestinationIds: ReadonlySet<string>,
  clock: Clock,
): Promise<DeliveryEntity[]> {
  const elsewhere = busyDestinationIds.size === 0 ? {} : { destinationId: Not(In([...busyDestinationIds])) };
  return store.manager.find(DeliveryEntity, {
    where: dueAt(clock.now()).map((due) => ({ ...due, ...elsewhere })),
    order: { nextAttemptAt: 'ASC', id: 'ASC' },
    take: CANDIDATES,
  });
}

/** The delivery as it is claimed now; null when another sender took it, or it is no longer due. */
export function claimDelivery(
  unitOfWork: UnitOfWork,
  seen: Pick<DeliveryEntity, 'id' | 'attempts'>,
  leaseMs: number,
  clock: Clock,
): Promise<DeliveryEntity | null> {
  return unitOfWork.run((tx) => take(tx, { id: seen.id, attempts: seen.attempts }, leaseMs, clock.now()));
}

async function take(
  tx: Transaction,
  seen: Pick<DeliveryEntity, 'id' | 'attempts'>,
  leaseMs: number,
  now: Date,
): Promise<DeliveryEntity | null> {
  const delivery = await tx.manager.findOne(DeliveryEntity, { where: dueAt(now).map((due) => ({ ...seen, ...due })) });
  if (delivery === null) return null;
  // the count of attempts is the claim's token: it rises with each, so that a late sender's write finds no row
  const claim = {
    state: 'sending',
    attempts: delivery.attempts + 1,
    leaseExpiresAt: new Date(now.getTime() + leaseMs),
  } as const;
  const { affected } = await tx.manager.update(DeliveryEntity, { ...seen, state: delivery.state }, claim);
  return affected === 1 ? { ...delivery, ...claim } : null;
}

/** Extends the claim of a slow sending; nothing happens when the claim is lost. */
export async function renewClaim(
  unitOfWork: UnitOfWork,
  { id, attempts }: DeliveryEntity,
  leaseMs: number,
  clock: Clock,
): Promise<void> {
  const leaseExpiresAt = new Date(clock.now().getTime() + leaseMs);
  await unitOfWork.run((tx) =>
    tx.manager.update(DeliveryEntity, { id, attempts, state: 'sending' }, { leaseExpiresAt }),
  );
}

/** After a restart of the only hub nobody is sending: what a killed one had claimed is due at once. */
export async function releaseClaims(unitOfWork: UnitOfWork, clock: Clock): Promise<void> {
  await unitOfWork.run((tx) =>
    tx.manager.update(DeliveryEntity, { state: 'sending' }, { leaseExpiresAt: clock.now() }),
  );
}

function dueAt(now: Date) {
  return [
    { state: 'waiting', nextAttemptAt: LessThanOrEqual(now) },
    { state: 'sending', leaseExpiresAt: LessThanOrEqual(now) },
  ] as const satisfies FindOptionsWhere<DeliveryEntity>[];
}
