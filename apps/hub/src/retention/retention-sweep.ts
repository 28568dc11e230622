/**
 * Looks every hour for what may go, and once a day for what lies about: part files and objects without a row, and what is
 * remembered of messages that can no longer come again.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, OBJECT_STORE } from '@modelbank/contracts';
import type { Clock, ObjectStore } from '@modelbank/contracts';
import { CONFIGURATION, LOGGER, SCHEDULER, Ticker } from '@modelbank/platform';
import type { Configuration, HubLogger, Scheduler } from '@modelbank/platform';
import { OutboxRepository, REMEMBER_PROCESSED_MS } from '@modelbank/store';
import { DeleteObjects } from './delete-objects';
import { FindDue } from './find-due';
import type { DueSeries } from './find-due';
import { daysAfter } from './judge-retention';
import { RetentionKeeperRegistry } from './keepers';

const DAY_MS = 86_400_000;
/** One transaction holds up every other write: about as many rows as it may change. */
const OBJECTS_PER_BATCH = 500;

export interface Swept {
  readonly decided: number;
  readonly removed: number;
}

@Injectable()
export class RetentionSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ticker: Ticker;
  private sweeping: Promise<Swept> | undefined;
  /** The start of the hub clears away too. */
  private tidiedAt: Date;

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(SCHEDULER) scheduler: Scheduler,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    private readonly outbox: OutboxRepository,
    private readonly due: FindDue,
    private readonly deletion: DeleteObjects,
    private readonly keepers: RetentionKeeperRegistry,
  ) {
    this.tidiedAt = clock.now();
    this.ticker = new Ticker({
      everyMs: configuration.retention.sweepEveryMs,
      scheduler,
      sweep: async () => {
        await this.sweep();
        await this.tidyDaily();
      },
      onError: (error) => this.logger.error('a retention sweep failed', error, { stage: 'retention' }),
    });
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
    await this.sweeping?.catch(() => undefined);
  }

  /** One sweep at a time: who asks while one runs gets that one's end. */
  sweep(): Promise<Swept> {
    this.sweeping ??= this.sweepNow().finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async sweepNow(): Promise<Swept> {
    let removed = await this.deletion.carryOut();
    let decided = 0;
    const batches = new Map<string, DueSeries[]>();
    const decide = async (centreId: string) => {
      decided += await this.deletion.decideSeries(centreId, batches.get(centreId) ?? []);
      batches.delete(centreId);
      removed += await this.deletion.carryOut();
    };
    for await (const series of this.due.walk()) {
      const batch = [...(batches.get(series.centreId) ?? []), series];
      batches.set(series.centreId, batch);
      const objects = batch.reduce((sum, { instances }) => sum + instances.length, 0);
      if (objects >= OBJECTS_PER_BATCH) await decide(series.centreId);
    }
    for (const centreId of [...batches.keys()]) await decide(centreId);
    decided += await this.decideUnused();
    removed += await this.deletion.carryOut();
    if (decided > 0) this.logger.info('retention deleted objects', { stage: 'retention', count: decided });
    return { decided, removed };
  }

  private async decideUnused(): Promise<number> {
    const { unassignedDays } = this.configuration.retention;
    const before = daysAfter(this.clock.now(), -unassignedDays);
    let decided = 0;
    for (const { kind, unused } of this.unusedOf()) {
      for (;;) {
        const found = await unused(before, OBJECTS_PER_BATCH);
        let marked = 0;
        for (const centreId of new Set(found.map((object) => object.centreId))) {
          const objects = found.filter((object) => object.centreId === centreId);
          marked += await this.deletion.decideUnused(kind, centreId, objects, unassignedDays);
        }
        decided += marked;
        if (found.length < OBJECTS_PER_BATCH || marked === 0) break;
      }
    }
    return decided;
  }

  private unusedOf() {
    return this.keepers
      .all()
      .flatMap((keeper) => (keeper.unused ? [{ kind: keeper.kind, unused: keeper.unused.bind(keeper) }] : []));
  }

  private async tidyDaily(): Promise<void> {
    const now = this.clock.now();
    if (now.getTime() - this.tidiedAt.getTime() < DAY_MS) return;
    this.tidiedAt = now;
    await this.outbox.forgetProcessed(new Date(now.getTime() - REMEMBER_PROCESSED_MS));
    let count = await this.objects.removeAbandonedParts(DAY_MS);
    for (const keeper of this.keepers.all()) count += (await keeper.removeOrphans?.()) ?? 0;
    if (count > 0) this.logger.info('part files and objects without a row were removed', { stage: 'retention', count });
  }
}
