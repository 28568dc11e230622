/** The handlers of held items by kind; each stage registers its own when it starts. */
import { Injectable } from '@nestjs/common';
import { HubError } from '@modelbank/contracts';
import type { HeldItemHandler, HeldItemHandlers, HeldKind } from '@modelbank/contracts';
import type { Transaction } from '@modelbank/store';

@Injectable()
export class HeldItemHandlerRegistry implements HeldItemHandlers<Transaction> {
  private readonly handlers = new Map<HeldKind, HeldItemHandler<Transaction>>();

  register(handler: HeldItemHandler<Transaction>): void {
    if (this.handlers.has(handler.kind)) {
      throw new HubError('INVALID_CONFIGURATION', `held items of kind ${handler.kind} have two handlers`);
    }
    this.handlers.set(handler.kind, handler);
  }

  handlerOf(kind: HeldKind): HeldItemHandler<Transaction> {
    const handler = this.handlers.get(kind);
    if (handler !== undefined) return handler;
    throw new HubError('INVALID_REQUEST', `held items of kind ${kind} cannot be decided on yet`);
  }
}
