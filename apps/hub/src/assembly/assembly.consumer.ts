/** The events that assembly listens to; what they mean is in series-assembly.ts. */
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Subscribes } from '@modelbank/broker';
import { CRASH_POINTS_PORT, UNIT_OF_WORK, queueName } from '@modelbank/contracts';
import type { CrashPoints, Envelope } from '@modelbank/contracts';
import type { UnitOfWork } from '@modelbank/store';
import { SeriesAssembly } from './series-assembly';

/** A series is looked at once for all of its slices that wait; more would hold the writer for too long. */
const INSTANCES_AT_ONCE = 200;

@Controller()
export class AssemblyConsumer {
  constructor(
    private readonly assembly: SeriesAssembly,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
  ) {}

  @Subscribes('assembly', 'image.stored', { together: INSTANCES_AT_ONCE })
  async onImagesStored(@Payload() envelopes: readonly Envelope<'image.stored'>[]): Promise<void> {
    await this.unitOfWork.consumeAll(queueName('assembly', 'image.stored'), envelopes, async (tx, fresh) => {
      const ids = fresh.map(({ body }) => body.instanceId);
      await this.assembly.instancesStored(tx, ids, fresh[fresh.length - 1].messageId);
      this.crashPoints.reach('assembly.beforeCommit');
    });
    this.crashPoints.reach('assembly.afterCommit');
  }

  @Subscribes('assembly', 'association.ended')
  async onAssociationEnded(@Payload() envelope: Envelope<'association.ended'>): Promise<void> {
    const { associationId, outcome } = envelope.body;
    await this.unitOfWork.consume(queueName('assembly', 'association.ended'), envelope, async (tx) => {
      await this.assembly.associationEnded(tx, associationId, outcome, envelope.messageId);
      this.crashPoints.reach('assembly.beforeCommit');
    });
    this.crashPoints.reach('assembly.afterCommit');
  }
}
