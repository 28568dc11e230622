/** Cancels jobs whose results must not leave: whatever their state, `job.cancelled` tells the later stages; what is held is closed. */
import { In } from 'typeorm';
import type { FindOperator } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import type { Clock, Envelope, JobState } from '@modelbank/contracts';
import { JobEntity, resolveHeldItemsOf } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';

const CANCELLABLE: readonly JobState[] = ['queued', 'running', 'inferred', 'built', 'held', 'failed'];

export type CancelScope =
  | { readonly inputSetId: string }
  /** `id`: a condition that leaves one job out. */
  | { readonly taskSelectionId: string; readonly id?: FindOperator<string> };

export async function cancelJobs(
  tx: Transaction,
  scope: CancelScope,
  reason: string,
  cause: Envelope,
  clock: Clock,
): Promise<void> {
  const jobs = await tx.manager.findBy(JobEntity, { ...scope, state: In([...CANCELLABLE]) });
  for (const job of jobs) {
    const { affected } = await tx.manager.update(
      JobEntity,
      { id: job.id, state: job.state, fencingToken: job.fencingToken },
      // a higher fencing token makes the running worker lose its lease
      {
        state: 'cancelled',
        leaseOwner: null,
        leaseExpiresAt: null,
        fencingToken: job.fencingToken + 1,
        finishedAt: clock.now(),
      },
    );
    if (affected === 0) throw new HubError('INTERNAL', 'a job changed while it was being cancelled');
    // nobody can decide on it any more
    const subject = { kind: 'job', subjectId: job.id } as const;
    await resolveHeldItemsOf(tx, clock, subject, { state: 'resolved', by: 'hub', why: `cancelled: ${reason}` });
    await tx.emit('job.cancelled', job.centreId, { jobId: job.id, centreId: job.centreId, reason }, cause.messageId);
  }
}
