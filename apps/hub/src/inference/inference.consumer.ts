/** A requested inference only wakes the workers: the job row is the truth, so a lost or doubled wake-up changes nothing. */
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Subscribes } from '@modelbank/broker';
import { UNIT_OF_WORK, queueName } from '@modelbank/contracts';
import type { Envelope } from '@modelbank/contracts';
import type { UnitOfWork } from '@modelbank/store';
import { InferencePool } from './inference-pool';

@Controller()
export class InferenceConsumer {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    private readonly pool: InferencePool,
  ) {}

  @Subscribes('inference', 'inference.requested')
  async onRequested(@Payload() envelope: Envelope<'inference.requested'>): Promise<void> {
    await this.unitOfWork.consume(queueName('inference', 'inference.requested'), envelope, async () => undefined);
    this.pool.wake();
  }
}
