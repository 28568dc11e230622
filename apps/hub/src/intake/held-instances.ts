/** A person's word on an instance that is held: no stage can use its class yet, so it can only be left for good. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HELD_ITEM_HANDLERS, HubError } from '@modelbank/contracts';
import type { HeldItem, HeldItemHandler, HeldItemHandlers } from '@modelbank/contracts';
import { InstanceEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';

@Injectable()
export class HeldInstances implements HeldItemHandler<Transaction>, OnModuleInit {
  readonly kind = 'instance';

  constructor(@Inject(HELD_ITEM_HANDLERS) private readonly handlers: HeldItemHandlers<Transaction>) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  release(_tx: Transaction, item: HeldItem): Promise<void> {
    const failure = new HubError('SERIES_NOT_USABLE', `an instance that is held for ${item.code} cannot be used`, {
      advice: 'Send the series as single-frame CT images, or discard it.',
    });
    return Promise.reject(failure);
  }

  async discard(tx: Transaction, item: HeldItem): Promise<void> {
    const discarded = { disposition: 'notApplicable', dispositionCode: 'DISCARDED' } as const;
    await tx.manager.update(InstanceEntity, { id: item.subjectId, disposition: 'held' }, discarded);
  }
}
