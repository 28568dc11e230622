/** The store for Nest: opened once for the whole application, closed when it shuts down. */
import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { BROKER, CLOCK, OBJECT_STORE, OUTBOX_READER, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Broker, Clock } from '@modelbank/contracts';
import type { Configuration } from '@modelbank/platform';
import { openStore } from './database/open-store';
import type { Store } from './database/open-store';
import { OutboxRepository } from './outbox/outbox.repository';

export const STORE = Symbol('Store');

const part = (provide: symbol | typeof OutboxRepository, of: (store: Store) => unknown) => ({
  provide,
  inject: [STORE],
  useFactory: of,
});

@Module({})
export class StoreModule implements OnApplicationShutdown {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Global; needs CLOCK (PlatformModule) and BROKER (BrokerModule). */
  static forRoot(configuration: Configuration): DynamicModule {
    const providers = [
      {
        provide: STORE,
        inject: [CLOCK, BROKER],
        useFactory: (clock: Clock, broker: Broker) => openStore(configuration, { clock, broker }),
      },
      part(UNIT_OF_WORK, (store) => store.unitOfWork),
      part(READ_STORE, (store) => store.readStore),
      part(OBJECT_STORE, (store) => store.objects),
      part(OUTBOX_READER, (store) => store.outbox),
      part(OutboxRepository, (store) => store.outbox),
    ];
    return { module: StoreModule, global: true, providers, exports: providers.map((provider) => provider.provide) };
  }

  /** After the stages have stopped: Nest runs this hook from the outermost module inwards. */
  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
