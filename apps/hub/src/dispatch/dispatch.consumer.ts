/** Makes the jobs of what selection chose, and cancels those whose input set or task selection is no longer valid. */
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Not } from 'typeorm';
import { Subscribes } from '@modelbank/broker';
import { CLOCK, CRASH_POINTS_PORT, UNIT_OF_WORK, queueName } from '@modelbank/contracts';
import type { Clock, CrashPoints, Envelope } from '@modelbank/contracts';
import { TaskSelectionEntity } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { cancelJobs } from './cancel-jobs';
import { createJob } from './create-job';

@Controller()
export class DispatchConsumer {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
  ) {}

  @Subscribes('dispatch', 'models.selected')
  async onModelsSelected(@Payload() envelope: Envelope<'models.selected'>): Promise<void> {
    await this.unitOfWork.consume(queueName('dispatch', 'models.selected'), envelope, async (tx) => {
      for (const taskSelectionId of envelope.body.taskSelectionIds) {
        const jobId = await createJob(tx, taskSelectionId, this.clock);
        if (jobId === null) continue;
        const { centreId } = envelope;
        // chosen anew with another version or other parameters: what ran for it before no longer counts
        await cancelJobs(tx, { taskSelectionId, id: Not(jobId) }, 'the task was decided anew', envelope, this.clock);
        await tx.emit('inference.requested', centreId, { jobId, centreId }, envelope.messageId);
      }
      this.crashPoints.reach('dispatch.beforeCommit');
    });
    this.crashPoints.reach('dispatch.afterCommit');
  }

  @Subscribes('dispatch', 'series.superseded')
  async onSeriesSuperseded(@Payload() envelope: Envelope<'series.superseded'>): Promise<void> {
    const { inputSetId, reason } = envelope.body;
    await this.unitOfWork.consume(queueName('dispatch', 'series.superseded'), envelope, (tx) =>
      cancelJobs(tx, { inputSetId }, reason, envelope, this.clock),
    );
  }

  @Subscribes('dispatch', 'task.outranked')
  async onTaskOutranked(@Payload() envelope: Envelope<'task.outranked'>): Promise<void> {
    const { taskSelectionId } = envelope.body;
    await this.unitOfWork.consume(queueName('dispatch', 'task.outranked'), envelope, async (tx) => {
      // selected again since then: `models.selected` settles what runs, in whichever order the two arrive
      if (await tx.manager.existsBy(TaskSelectionEntity, { id: taskSelectionId, state: 'selected' })) return;
      const reason = 'a better series of the same study took over the task';
      await cancelJobs(tx, { taskSelectionId }, reason, envelope, this.clock);
    });
  }
}
