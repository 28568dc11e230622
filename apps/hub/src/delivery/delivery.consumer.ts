/** Plans deliveries for built results, lets them go at completion, and stops what was withdrawn. */
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { In } from 'typeorm';
import { Subscribes } from '@modelbank/broker';
import { CLOCK, UNIT_OF_WORK, queueName } from '@modelbank/contracts';
import type { Clock, Envelope } from '@modelbank/contracts';
import { DeliveryEntity, appendJournal } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { releaseCompleted } from './completion';
import { DeliveryLoop } from './delivery-loop';
import { planDeliveries } from './plan-deliveries';

@Controller()
export class DeliveryConsumer {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly loop: DeliveryLoop,
  ) {}

  @Subscribes('delivery', 'result.built')
  async onResultBuilt(@Payload() envelope: Envelope<'result.built'>): Promise<void> {
    const { resultId, centreId } = envelope.body;
    await this.unitOfWork.consume(queueName('delivery', 'result.built'), envelope, async (tx) => {
      const planned = await planDeliveries(tx, resultId, this.clock);
      if (planned !== 0) return;
      await appendJournal(tx, this.clock, {
        kind: 'result.stored',
        centreId,
        actor: 'hub',
        subjectId: resultId,
        text: 'the result is stored; the centre has no active destination for it',
      });
    });
    this.loop.wake();
  }

  @Subscribes('delivery', 'inputSet.completed')
  async onInputSetCompleted(@Payload() envelope: Envelope<'inputSet.completed'>): Promise<void> {
    await this.unitOfWork.consume(queueName('delivery', 'inputSet.completed'), envelope, async (tx) => {
      await releaseCompleted(tx, this.clock);
    });
    this.loop.wake();
  }

  @Subscribes('delivery', 'result.withdrawn')
  async onResultWithdrawn(@Payload() envelope: Envelope<'result.withdrawn'>): Promise<void> {
    const { resultId } = envelope.body;
    await this.unitOfWork.consume(queueName('delivery', 'result.withdrawn'), envelope, async (tx) => {
      await tx.manager.update(
        DeliveryEntity,
        { resultId, state: In(['awaitingCompletion', 'waiting', 'sending', 'parked', 'blocked']) },
        { state: 'cancelled', stateCode: 'WITHDRAWN', nextAttemptAt: null, leaseExpiresAt: null },
      );
    });
  }
}
