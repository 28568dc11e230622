/**
 * The broker for Nest: BROKER for whoever writes events, TRANSPORT for `app.connectMicroservice({ strategy })`. A test gives
 * its own transport; no stage knows which one runs.
 */
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { CustomTransportStrategy, Server } from '@nestjs/microservices';
import { BROKER, CLOCK, OUTBOX_READER } from '@modelbank/contracts';
import type { Clock, OutboxReader } from '@modelbank/contracts';
import { LOGGER, METRICS, SCHEDULER } from '@modelbank/platform';
import type { HubLogger, Metrics, Scheduler } from '@modelbank/platform';
import { EmbeddedTransport } from './embedded-transport';
import { messageMetrics } from './process-message';
import type { TransportParts } from './process-message';
import { WakeUps } from './wake-ups';

export const TRANSPORT = Symbol('Transport');

export type Transport = Server & CustomTransportStrategy;
export type TransportFactory = (parts: TransportParts) => Transport;

const embedded: TransportFactory = (parts) => new EmbeddedTransport(parts);

@Module({})
export class BrokerModule {
  /** Global; needs PlatformModule, and StoreModule for the outbox. */
  static forRoot(options: { transport?: TransportFactory } = {}): DynamicModule {
    const make = options.transport ?? embedded;
    return {
      module: BrokerModule,
      global: true,
      providers: [
        { provide: BROKER, useClass: WakeUps },
        {
          provide: TRANSPORT,
          inject: [BROKER, OUTBOX_READER, CLOCK, SCHEDULER, LOGGER, METRICS],
          useFactory: (
            wakeUps: WakeUps,
            outbox: OutboxReader,
            clock: Clock,
            scheduler: Scheduler,
            logger: HubLogger,
            metrics: Metrics,
          ) => make({ wakeUps, outbox, clock, scheduler, logger, metrics: messageMetrics(metrics) }),
        },
      ],
      exports: [BROKER, TRANSPORT],
    };
  }
}
