/** The promises that stand, for whoever may delete stored objects; those whose time is over are forgotten. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { In, LessThanOrEqual, MoreThan } from 'typeorm';
import { CLOCK, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, Commitments } from '@modelbank/contracts';
import { LOGGER, SCHEDULER, Ticker } from '@modelbank/platform';
import type { HubLogger, Scheduler } from '@modelbank/platform';
import { CommitmentItemEntity } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';

const AT_ONCE = 500;
const FORGET_EVERY_MS = 3_600_000;

@Injectable()
export class StoredCommitments implements Commitments, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) log: HubLogger,
    @Inject(SCHEDULER) scheduler: Scheduler,
  ) {
    this.ticker = new Ticker({
      everyMs: FORGET_EVERY_MS,
      scheduler,
      sweep: () => this.forgetExpired(),
      onError: (thrown) => log.error('expired promises could not be forgotten', thrown, { stage: 'intake' }),
    });
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  async promisedUntil(instanceIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const latest = new Map<string, Date>();
    for (let from = 0; from < instanceIds.length; from += AT_ONCE) {
      const rows = await this.store.manager.find(CommitmentItemEntity, {
        select: { instanceId: true, keptUntil: true },
        where: { instanceId: In(instanceIds.slice(from, from + AT_ONCE)), keptUntil: MoreThan(this.clock.now()) },
      });
      for (const { instanceId, keptUntil } of rows) {
        const before = latest.get(instanceId);
        if (before === undefined || before < keptUntil) latest.set(instanceId, keptUntil);
      }
    }
    return latest;
  }

  /** A bounded piece; true when there may be more. */
  private async forgetExpired(): Promise<boolean> {
    const expired = await this.store.manager.find(CommitmentItemEntity, {
      select: { id: true },
      where: { keptUntil: LessThanOrEqual(this.clock.now()) },
      take: AT_ONCE,
    });
    if (expired.length === 0) return false;
    await this.unitOfWork.run((tx) => tx.manager.delete(CommitmentItemEntity, { id: In(expired.map(({ id }) => id)) }));
    return true;
  }
}
