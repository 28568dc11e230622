/** POST /api/v1/deliveries/:id/retry: a person has mended what stopped a delivery. */
import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { In } from 'typeorm';
import { CLOCK, HubError, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { DeliveryEntity, appendJournal } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { Actor, RequirePermission } from '../access';
import { DeliveryLoop } from './delivery-loop';

@ApiTags('deliveries')
@Controller('api/v1/deliveries')
export class DeliveriesController {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly loop: DeliveryLoop,
  ) {}

  /** Parked, blocked or waiting deliveries are tried at once, and again by the schedule for as many days as a new one. */
  @Post(':id/retry')
  @HttpCode(202)
  @RequirePermission('deliveries:write')
  async retry(@Param('id') id: string, @Actor() actor: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const delivery = await tx.manager.findOneBy(DeliveryEntity, { id });
      if (delivery === null) throw new HubError('NOT_FOUND', 'no delivery with this id');
      const now = this.clock.now();
      const { affected } = await tx.manager.update(
        DeliveryEntity,
        { id, state: In(['parked', 'blocked', 'waiting']) },
        { state: 'waiting', stateCode: null, nextAttemptAt: now, createdAt: now },
      );
      if (affected === 0) throw new HubError('CONFLICT', `the delivery is ${delivery.state}`);
      await appendJournal(tx, this.clock, {
        kind: 'delivery.retried',
        centreId: delivery.centreId,
        actor,
        subjectId: id,
        text: 'the delivery is tried again at once',
      });
    });
    this.loop.wake();
  }
}
