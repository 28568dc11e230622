/** A person's word on an instance that is held: whether to go on without the images of a structure set; all else is left for good. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HELD_ITEM_HANDLERS, HubError } from '@modelbank/contracts';
import type { HeldItem, HeldItemHandler, HeldItemHandlers } from '@modelbank/contracts';
import { InstanceEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';

/** The images may lie in the archive only; assembly looks for them again by itself. */
const RELEASABLE = 'REFERENCED_IMAGES_MISSING';

@Injectable()
export class HeldInstances implements HeldItemHandler<Transaction>, OnModuleInit {
  readonly kind = 'instance';

  constructor(@Inject(HELD_ITEM_HANDLERS) private readonly handlers: HeldItemHandlers<Transaction>) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  async release(tx: Transaction, item: HeldItem): Promise<void> {
    if (item.code === RELEASABLE) {
      const released = { disposition: 'notApplicable', dispositionCode: 'CLASS_NOT_NEEDED' } as const;
      await tx.manager.update(InstanceEntity, { id: item.subjectId, disposition: 'held' }, released);
      return;
    }
    throw new HubError('SERIES_NOT_USABLE', `an instance that is held for ${item.code} cannot be used`, {
      advice: 'Send it again in a form that can be used (CT as single-frame images), or discard it.',
    });
  }

  async discard(tx: Transaction, item: HeldItem): Promise<void> {
    const discarded = { disposition: 'notApplicable', dispositionCode: 'DISCARDED' } as const;
    await tx.manager.update(InstanceEntity, { id: item.subjectId, disposition: 'held' }, discarded);
  }
}
