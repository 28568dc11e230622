/** Completes the series whose settle time has passed. Deadlines lie in the database, so a restart forgets none. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';
import { CLOCK, CRASH_POINTS_PORT, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, CrashPoints } from '@modelbank/contracts';
import { CONFIGURATION, LOGGER, SCHEDULER, Ticker } from '@modelbank/platform';
import type { Configuration, HubLogger, Scheduler } from '@modelbank/platform';
import { SeriesEntity } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { SeriesAssembly } from './series-assembly';

const AT_ONCE = 100;

@Injectable()
export class DeadlineSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    @Inject(CONFIGURATION) configuration: Configuration,
    @Inject(SCHEDULER) scheduler: Scheduler,
    @Inject(LOGGER) private readonly logger: HubLogger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
    private readonly assembly: SeriesAssembly,
  ) {
    this.ticker = new Ticker({
      everyMs: configuration.assembly.sweepEveryMs,
      scheduler,
      sweep: () => this.sweep(),
      onError: (error) => this.logger.error('a deadline sweep failed', error, { stage: 'assembly' }),
    });
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
  }

  /** True when more may be due. One series that fails does not hold up the others. */
  async sweep(): Promise<boolean> {
    const due = await this.readStore.manager.find(SeriesEntity, {
      select: { id: true },
      where: { state: 'open', deadlineAt: LessThanOrEqual(this.clock.now()) },
      order: { deadlineAt: 'ASC' },
      take: AT_ONCE,
    });
    let failed = 0;
    for (const { id } of due) {
      try {
        await this.complete(id);
      } catch (thrown) {
        failed += 1;
        this.logger.error('a series could not be completed', thrown, { stage: 'assembly', seriesId: id });
      }
    }
    return due.length === AT_ONCE && failed === 0;
  }

  private async complete(seriesId: string): Promise<void> {
    const completed = await this.unitOfWork.run(async (tx) => {
      const wasDue = await this.assembly.deadlineReached(tx, seriesId);
      this.crashPoints.reach('assembly.beforeCommit');
      return wasDue;
    });
    this.crashPoints.reach('assembly.afterCommit');
    if (completed) this.logger.info('the settle time of a series has passed', { stage: 'assembly', seriesId });
  }
}
