/** Leases of jobs: taken by compare-and-set with a rising fencing token, so that only one worker's result can count. */
import { IsNull, LessThanOrEqual } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import { JobEntity } from '@modelbank/store';
import type { ReadStore, Transaction, UnitOfWork } from '@modelbank/store';

export interface Lease {
  readonly job: JobEntity;
  readonly fencingToken: number;
}

/** The oldest job that waits, or whose worker let its lease run out; null when there is none. */
export async function claimJob(
  unitOfWork: UnitOfWork,
  store: ReadStore,
  owner: string,
  leaseMs: number,
  clock: Clock,
): Promise<Lease | null> {
  const now = clock.now();
  const candidates = await store.manager.find(JobEntity, {
    where: [
      { state: 'queued', notBefore: IsNull() },
      { state: 'queued', notBefore: LessThanOrEqual(now) },
      { state: 'running', leaseExpiresAt: LessThanOrEqual(now) },
    ],
    order: { createdAt: 'ASC', id: 'ASC' },
    take: 5,
  });
  for (const job of candidates) {
    const fencingToken = job.fencingToken + 1;
    const { affected } = await unitOfWork.run((tx) =>
      tx.manager.update(
        JobEntity,
        { id: job.id, state: job.state, fencingToken: job.fencingToken },
        {
          state: 'running',
          leaseOwner: owner,
          leaseExpiresAt: new Date(now.getTime() + leaseMs),
          fencingToken,
          attempts: job.attempts + 1,
          startedAt: now,
          notBefore: null,
        },
      ),
    );
    if (affected === 1)
      return { job: { ...job, state: 'running', attempts: job.attempts + 1, startedAt: now }, fencingToken };
  }
  return null;
}

/** Extends a lease; false when another worker or a cancellation took the job. */
export async function renewLease(
  unitOfWork: UnitOfWork,
  lease: Lease,
  leaseMs: number,
  clock: Clock,
): Promise<boolean> {
  const leaseExpiresAt = new Date(clock.now().getTime() + leaseMs);
  const { affected } = await unitOfWork.run((tx) => tx.manager.update(JobEntity, ownedBy(lease), { leaseExpiresAt }));
  return affected === 1;
}

/** A write of the lease's owner inside a transaction; false when it is the owner no more. */
export async function updateOwned(tx: Transaction, lease: Lease, change: Partial<JobEntity>): Promise<boolean> {
  const { affected } = await tx.manager.update(JobEntity, ownedBy(lease), {
    leaseOwner: null,
    leaseExpiresAt: null,
    ...change,
  } as Parameters<typeof tx.manager.update<JobEntity>>[2]);
  return affected === 1;
}

/** After a restart nobody else holds the leases of this worker's name: its jobs are free at once. */
export async function expireLeasesOf(unitOfWork: UnitOfWork, owner: string, clock: Clock): Promise<void> {
  await unitOfWork.run((tx) =>
    tx.manager.update(JobEntity, { state: 'running', leaseOwner: owner }, { leaseExpiresAt: clock.now() }),
  );
}

function ownedBy(lease: Lease) {
  return { id: lease.job.id, state: 'running', fencingToken: lease.fencingToken } as const;
}
