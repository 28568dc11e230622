/**
 * Watches the room on the hub's file systems: measured once a second and never per chunk, told to the journal when senders
 * are turned away and when they may come again, shown as metrics. A file system that does not answer has failed.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, HubError, UNIT_OF_WORK, asHubError } from '@modelbank/contracts';
import type { Clock, StorageGauge, StorageStanding } from '@modelbank/contracts';
import { CONFIGURATION, LOGGER, SCHEDULER, Ticker } from '@modelbank/platform';
import type { Configuration, HubLogger, Scheduler } from '@modelbank/platform';
import { probeObjects, readVolumes } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { judgeVolumes, leastRoom } from './judge-storage';
import { PressureJournal } from './pressure-journal';
import { PressureMetrics } from './pressure-metrics';

const MEASURE_EVERY_MS = 1000;
/** No answer for so long: a dead network file system. */
const ANSWER_WITHIN_MS = 5000;
const RETRY_AFTER_SECONDS = 60;
const UNKNOWN: StorageStanding = { condition: 'ok', reason: null, volumes: [] };
const SILENT: StorageStanding = { condition: 'failed', reason: 'the file system does not answer', volumes: [] };

@Injectable()
export class StorageWatch implements StorageGauge, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ticker: Ticker;
  private readonly journal: PressureJournal;
  private current = UNKNOWN;
  private measuredAtMs = Number.NEGATIVE_INFINITY;
  private measuring: Promise<void> | undefined;
  /** A write has failed, and none has worked since. */
  private suspect = false;

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SCHEDULER) private readonly scheduler: Scheduler,
    @Inject(UNIT_OF_WORK) unitOfWork: UnitOfWork,
    @Inject(LOGGER) private readonly logger: HubLogger,
    private readonly metrics: PressureMetrics,
  ) {
    this.journal = new PressureJournal(unitOfWork, clock);
    this.ticker = new Ticker({
      everyMs: MEASURE_EVERY_MS,
      scheduler,
      sweep: () => this.look(),
      onError: (error) => this.logger.error('the storage could not be watched', error, { stage: 'intake' }),
    });
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ticker.stop();
  }

  async mayAccept(announcedBytes = 0): Promise<void> {
    const standing = await this.standing();
    if (standing.condition !== 'ok') throw this.refusal(standing);
    if (this.isPast(standing, announcedBytes, this.configuration.storage.minFreeBytes)) throw this.noRoom();
  }

  async mayStore(announcedBytes = 0): Promise<void> {
    const standing = await this.standing();
    if (standing.condition === 'failed') throw this.refusal(standing);
    if (this.isPast(standing, announcedBytes, this.configuration.storage.reserveFreeBytes)) throw this.noRoom();
  }

  noteFailure(failure: unknown): void {
    const { code } = asHubError(failure);
    if (code !== 'STORAGE_FAILED' && code !== 'STORAGE_FULL') return;
    this.suspect = true;
    this.metrics.writeFailed(code);
  }

  async standing(): Promise<StorageStanding> {
    if (this.clock.monotonicMs() - this.measuredAtMs >= MEASURE_EVERY_MS) await this.measure();
    return this.current;
  }

  private async look(): Promise<void> {
    await this.measure();
    await this.journal.tell(this.current);
  }

  /** One measurement at a time, however many ask; who asks waits for it, but not for ever, and not for one that hangs. */
  private async measure(): Promise<void> {
    if (this.measuring !== undefined && this.current === SILENT) return;
    this.measuring ??= this.measureNow().finally(() => (this.measuring = undefined));
    let silent: () => void = () => undefined;
    const tooLong = new Promise<'silent'>((resolve) => {
      silent = this.scheduler.after(ANSWER_WITHIN_MS, () => resolve('silent'));
    });
    if ((await Promise.race([this.measuring, tooLong])) === 'silent') this.become(SILENT);
    silent();
  }

  private async measureNow(): Promise<void> {
    try {
      const volumes = await readVolumes(this.configuration);
      if (this.suspect) await probeObjects(this.configuration);
      this.suspect = false;
      this.become(judgeVolumes(volumes, this.configuration.storage, this.current.condition === 'full'));
    } catch (thrown) {
      const { code, message } = asHubError(thrown);
      const condition = code === 'STORAGE_FULL' ? 'full' : 'failed';
      this.become({ condition, reason: message, volumes: [] });
    }
  }

  private become(standing: StorageStanding): void {
    this.measuredAtMs = this.clock.monotonicMs();
    const { condition, reason } = standing;
    if (condition !== this.current.condition) {
      const fields = { stage: 'intake', state: condition };
      if (condition === 'ok') this.logger.info('the storage has room again: senders may come', fields);
      else this.logger.warn(`no more senders are taken in: ${reason}`, fields);
    }
    this.current = standing;
    this.metrics.show(standing);
  }

  private isPast({ volumes }: StorageStanding, announcedBytes: number, line: number): boolean {
    return leastRoom(volumes, announcedBytes) < line;
  }

  private noRoom(): HubError {
    return this.refusal({ condition: 'full', reason: 'the storage has no room for more', volumes: [] });
  }

  private refusal({ condition, reason }: StorageStanding): HubError {
    const code = condition === 'full' ? 'STORAGE_FULL' : 'STORAGE_FAILED';
    this.metrics.refused(code);
    return new HubError(code, reason ?? 'the storage is not well', { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}
