/** Writes what ended, and what waits for a person, into the journal: the events that somebody must be able to find again. */
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Subscribes } from '@modelbank/broker';
import { CLOCK, CRASH_POINTS_PORT, UNIT_OF_WORK, queueName } from '@modelbank/contracts';
import type { Clock, CrashPoints, Envelope, EventName } from '@modelbank/contracts';
import { appendJournal } from '@modelbank/store';
import type { JournalFact, UnitOfWork } from '@modelbank/store';

type Told = Pick<JournalFact, 'subjectId' | 'text' | 'details'>;

@Controller()
export class JournalConsumer {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
  ) {}

  @Subscribes('journal', 'series.held')
  async onSeriesHeld(@Payload() envelope: Envelope<'series.held'>): Promise<void> {
    const { seriesId, heldItemId, code } = envelope.body;
    await this.write(envelope, {
      subjectId: seriesId,
      text: `a series is held: ${code}`,
      details: { code, heldItemId },
    });
  }

  @Subscribes('journal', 'selection.held')
  async onSelectionHeld(@Payload() envelope: Envelope<'selection.held'>): Promise<void> {
    const { inputSetId, heldItemId, code } = envelope.body;
    await this.write(envelope, {
      subjectId: inputSetId,
      text: `a selection is held: ${code}`,
      details: { code, heldItemId },
    });
  }

  @Subscribes('journal', 'inputSet.notApplicable')
  async onNotApplicable(@Payload() envelope: Envelope<'inputSet.notApplicable'>): Promise<void> {
    const { inputSetId } = envelope.body;
    await this.write(envelope, { subjectId: inputSetId, text: 'no registered model applies to an input set' });
  }

  @Subscribes('journal', 'inference.failed')
  async onInferenceFailed(@Payload() envelope: Envelope<'inference.failed'>): Promise<void> {
    const { jobId, code } = envelope.body;
    await this.write(envelope, { subjectId: jobId, text: `a job failed for good: ${code}`, details: { code } });
  }

  @Subscribes('journal', 'result.delivered')
  async onDelivered(@Payload() envelope: Envelope<'result.delivered'>): Promise<void> {
    const { resultId, deliveryId } = envelope.body;
    await this.write(envelope, {
      subjectId: resultId,
      text: 'a receiver acknowledged a result',
      details: { deliveryId },
    });
  }

  private async write<E extends EventName>(envelope: Envelope<E>, told: Told): Promise<void> {
    await this.unitOfWork.consume(queueName('journal', envelope.event), envelope, async (tx) => {
      await appendJournal(tx, this.clock, { kind: envelope.event, centreId: envelope.centreId, actor: 'hub', ...told });
      this.crashPoints.reach('journal.beforeCommit');
    });
  }
}
