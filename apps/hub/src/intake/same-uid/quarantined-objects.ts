/** A person's word on an object that was refused and kept apart: it can only be left for good, because the first stays. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HELD_ITEM_HANDLERS, HubError } from '@modelbank/contracts';
import type { HeldItem, HeldItemHandler, HeldItemHandlers } from '@modelbank/contracts';
import { InstanceRevisionEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';

@Injectable()
export class QuarantinedObjects implements HeldItemHandler<Transaction>, OnModuleInit {
  readonly kind = 'revision';

  constructor(@Inject(HELD_ITEM_HANDLERS) private readonly handlers: HeldItemHandlers<Transaction>) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  release(_tx: Transaction, item: HeldItem): Promise<void> {
    const failure = new HubError(
      'CONFLICT',
      `an object that was refused for ${item.code} cannot take the place of the first`,
      {
        advice: 'Have it sent again under a SOP Instance UID of its own, or discard it.',
      },
    );
    return Promise.reject(failure);
  }

  /** Its object goes with retention. */
  async discard(tx: Transaction, item: HeldItem): Promise<void> {
    const quarantined = { id: item.subjectId, disposition: 'quarantined' } as const;
    await tx.manager.update(InstanceRevisionEntity, quarantined, { disposition: 'discarded' });
  }
}
