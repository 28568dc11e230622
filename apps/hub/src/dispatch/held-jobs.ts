/** A person's word on a job that failed or whose output must not be used: run it again, or leave it for good. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HELD_ITEM_HANDLERS, HubError } from '@modelbank/contracts';
import type { HeldItem, HeldItemHandler, HeldItemHandlers } from '@modelbank/contracts';
import { JobEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';

type ChangedKeys = 'state' | 'stateCode' | 'attempts' | 'notBefore' | 'finishedAt';

@Injectable()
export class HeldJobs implements HeldItemHandler<Transaction>, OnModuleInit {
  readonly kind = 'job';

  constructor(@Inject(HELD_ITEM_HANDLERS) private readonly handlers: HeldItemHandlers<Transaction>) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  /** Runs the job again with fresh attempts: the same job, so the same key and result UIDs. */
  async release(tx: Transaction, item: HeldItem): Promise<void> {
    const job = await this.heldJob(tx, item);
    await change(tx, job, { state: 'queued', stateCode: null, attempts: 0, notBefore: null, finishedAt: null });
    await tx.emit('inference.requested', job.centreId, { jobId: job.id, centreId: job.centreId }, item.id);
  }

  async discard(tx: Transaction, item: HeldItem): Promise<void> {
    await change(tx, await this.heldJob(tx, item), { state: 'failed' });
  }

  private async heldJob(tx: Transaction, item: HeldItem): Promise<JobEntity> {
    const job = await tx.manager.findOneByOrFail(JobEntity, { id: item.subjectId });
    if (job.state === 'held' || job.state === 'failed') return job;
    throw new HubError('CONFLICT', `the job is ${job.state} now and no longer held`);
  }
}

async function change(tx: Transaction, job: JobEntity, to: Partial<Pick<JobEntity, ChangedKeys>>): Promise<void> {
  const { id, state, fencingToken } = job;
  const { affected } = await tx.manager.update(JobEntity, { id, state, fencingToken }, to);
  if (affected !== 1) throw new HubError('CONFLICT', 'the job changed meanwhile');
}
