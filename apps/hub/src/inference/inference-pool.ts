/** The hub's own workers: as many as configured (none where gpu nodes do the work), each with its ticker. */
import { rm } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, OBJECT_STORE, READ_STORE, UNIT_OF_WORK, asHubError } from '@modelbank/contracts';
import type { Clock, CrashPoints, ObjectStore } from '@modelbank/contracts';
import { CONFIGURATION, LOGGER, SCHEDULER, Ticker, locationsOf } from '@modelbank/platform';
import type { Configuration, HubLogger, Scheduler } from '@modelbank/platform';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { expireLeasesOf } from './claim-job';
import { InferenceWorker } from './inference-worker';

const LOOK_EVERY_MS = 1000;

@Injectable()
export class InferencePool implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly workers: readonly { worker: InferenceWorker; ticker: Ticker; owner: string }[];

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
    const parts = { unitOfWork, store, objects, clock, crashPoints, configuration, log };
    this.workers = Array.from({ length: configuration.inference.workers }, (_, index) => {
      const owner = `hub-${index}`;
      const worker = new InferenceWorker(parts, owner);
      const ticker = new Ticker({
        everyMs: LOOK_EVERY_MS,
        scheduler,
        sweep: () => worker.runNext(),
        onError: (thrown) => log.error('inference.worker', asHubError(thrown)),
      });
      return { worker, ticker, owner };
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    // what a killed hub left: half-written outputs and leases in our workers' names
    await rm(locationsOf(this.configuration).work, { recursive: true, force: true });
    for (const { owner, ticker } of this.workers) {
      if (this.isAlone) await expireLeasesOf(this.unitOfWork, owner, this.clock);
      ticker.start();
    }
  }

  /** One process has an SQLite home. On a server another hub may run under the same names: its leases run out in time. */
  private get isAlone(): boolean {
    return this.configuration.database.type === 'sqlite';
  }

  wake(): void {
    for (const { ticker } of this.workers) ticker.nudge();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const { worker } of this.workers) worker.stop();
    await Promise.all(this.workers.map(({ ticker }) => ticker.stop()));
  }
}
