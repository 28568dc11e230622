/** Leases of jobs: taken by compare-and-set with a rising fencing token, so that only one worker's result can count. */
import { IsNull, LessThanOrEqual } from 'typeorm';
import type { FindOptionsWhere } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import { JobEntity } from '@modelbank/store';
import type { ReadStore, Transaction, UnitOfWork } from '@modelbank/store';

export interface Lease {
  readonly job: JobEntity;
  readonly fencingToken: number;
}

/** Jobs looked at in one go; other workers may take them all meanwhile. */
const CANDIDATES = 5;

/** The oldest job that waits, or whose worker let its lease run out; null when there is none. */
export async function claimJob(
  unitOfWork: UnitOfWork,
  store: ReadStore,
  owner: string,
  leaseMs: number,
  clock: Clock,
): Promise<Lease | null> {
  for (;;) {
    const now = clock.now();
    const free = freeAt(now);
    const candidates = await store.manager.find(JobEntity, {
      where: free,
      order: { createdAt: 'ASC', id: 'ASC' },
      take: CANDIDATES,
    });
    for (const { id, fencingToken } of candidates) {
      const job = await unitOfWork.run((tx) => take(tx, { id, fencingToken }, { owner, now, leaseMs }));
      if (job !== null) return { job, fencingToken: job.fencingToken };
    }
    // all were taken by others: each round means that somebody got on
    if (candidates.length < CANDIDATES) return null;
  }
}

/** Waiting and due, or running under a lease that has run out. */
function freeAt(now: Date) {
  return [
    { state: 'queued', notBefore: IsNull() },
    { state: 'queued', notBefore: LessThanOrEqual(now) },
    { state: 'running', leaseExpiresAt: LessThanOrEqual(now) },
  ] as const satisfies FindOptionsWhere<JobEntity>[];
}

/** The job as it is claimed now; null when another worker took it, or its owner renewed its lease meanwhile. */
async function take(
  tx: Transaction,
  seen: Pick<JobEntity, 'id' | 'fencingToken'>,
  { owner, now, leaseMs }: { readonly owner: string; readonly now: Date; readonly leaseMs: number },
): Promise<JobEntity | null> {
  const job = await tx.manager.findOne(JobEntity, { where: freeAt(now).map((free) => ({ ...seen, ...free })) });
  if (job === null) return null;
  const claim = {
    state: 'running',
    leaseOwner: owner,
    leaseExpiresAt: new Date(now.getTime() + leaseMs),
    fencingToken: job.fencingToken + 1,
    attempts: job.attempts + 1,
    startedAt: now,
    notBefore: null,
  } as const;
  const { affected } = await tx.manager.update(JobEntity, { ...seen, state: job.state }, claim);
  return affected === 1 ? { ...job, ...claim } : null;
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
