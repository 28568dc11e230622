/** Wires the held items' API; global, so that every stage can register the handler of its kind. */
import { Global, Module } from '@nestjs/common';
import { HELD_ITEM_HANDLERS } from '@modelbank/contracts';
import { DecideHeldItem } from './decide-held-item';
import { HeldController } from './held.controller';
import { HeldItemHandlerRegistry } from './held-item-handlers';

@Global()
@Module({
  controllers: [HeldController],
  providers: [
    DecideHeldItem,
    HeldItemHandlerRegistry,
    { provide: HELD_ITEM_HANDLERS, useExisting: HeldItemHandlerRegistry },
  ],
  exports: [HELD_ITEM_HANDLERS],
})
export class HeldModule {}
