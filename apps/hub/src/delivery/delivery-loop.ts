/** Looks every second for deliveries that are due, and at once when an event says so. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, OBJECT_STORE, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, CrashPoints, ObjectStore } from '@modelbank/contracts';
import { CONFIGURATION, LOGGER, SCHEDULER, Ticker } from '@modelbank/platform';
import type { Configuration, HubLogger, Scheduler } from '@modelbank/platform';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { releaseClaims } from './claim-delivery';
import { DeliverySender } from './delivery-sender';
import { resultSender } from './send-result';

const LOOK_EVERY_MS = 1000;
/** So that receivers that hang do not keep the others waiting. */
const SENDERS = 4;

@Injectable()
export class DeliveryLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly tickers: readonly Ticker[];

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(READ_STORE) store: ReadStore,
    @Inject(OBJECT_STORE) objects: ObjectStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRASH_POINTS_PORT) crashPoints: CrashPoints,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(LOGGER) log: HubLogger,
    @Inject(SCHEDULER) scheduler: Scheduler,
  ) {
    const send = resultSender(store, objects, configuration);
    const sender = new DeliverySender({ unitOfWork, store, clock, crashPoints, configuration, log, send });
    const options = {
      everyMs: LOOK_EVERY_MS,
      scheduler,
      sweep: () => sender.sendNext(),
      onError: (thrown: unknown) => log.error('the delivery loop failed', thrown, { stage: 'delivery' }),
    };
    this.tickers = Array.from({ length: SENDERS }, () => new Ticker(options));
  }

  async onApplicationBootstrap(): Promise<void> {
    // one process has an SQLite home; on a server another hub may be sending, and what a dead one left runs out in time
    if (this.configuration.database.type === 'sqlite') await releaseClaims(this.unitOfWork, this.clock);
    for (const ticker of this.tickers) ticker.start();
  }

  wake(): void {
    for (const ticker of this.tickers) ticker.nudge();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.tickers.map((ticker) => ticker.stop()));
  }
}
