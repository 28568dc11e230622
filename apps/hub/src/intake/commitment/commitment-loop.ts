/**
 * Brings every commitment to its end: looks every second for one that is due, decides it, reports it, and tries again by
 * the schedule until the gateway has taken the report or a person must look. The database is the truth, so a killed hub
 * goes on where it was; a report may be sent twice, a decision is made once.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { IsNull, LessThanOrEqual, Not } from 'typeorm';
import { CLOCK, HubError, OBJECT_STORE, READ_STORE, UNIT_OF_WORK, asHubError } from '@modelbank/contracts';
import type { Clock, ObjectStore } from '@modelbank/contracts';
import { isStored, statusText, storeStatusOf } from '@modelbank/dimse';
import { CONFIGURATION, LOGGER, SCHEDULER, Ticker } from '@modelbank/platform';
import type { Configuration, HubLogger, Scheduler } from '@modelbank/platform';
import { CommitmentEntity } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { CommitmentGateways } from './commitment-gateways';
import { CommitmentOutcomes } from './commitment-outcomes';
import { decideCommitment } from './decide-commitment';
import { reportOnNewAssociation, reportOnSameAssociation } from './report-commitment';
import type { WaitingAssociation } from './report-commitment';

const LOOK_EVERY_MS = 1_000;
/** So that a gateway that hangs does not keep the others waiting. */
const REPORTERS = 2;
const CANDIDATES = 10;

@Injectable()
export class CommitmentLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly tickers: readonly Ticker[];
  private readonly outcomes: CommitmentOutcomes;
  private readonly waiting = new Map<string, WaitingAssociation>();
  private readonly busyGateways = new Set<string>();

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(LOGGER) private readonly log: HubLogger,
    @Inject(SCHEDULER) scheduler: Scheduler,
    private readonly gateways: CommitmentGateways,
  ) {
    this.outcomes = new CommitmentOutcomes(unitOfWork, clock, configuration.commitment);
    const options = {
      everyMs: LOOK_EVERY_MS,
      scheduler,
      sweep: () => this.next(),
      onError: (thrown: unknown) => log.error('the commitment loop failed', thrown, { stage: 'intake' }),
    };
    this.tickers = Array.from({ length: REPORTERS }, () => new Ticker(options));
  }

  onApplicationBootstrap(): void {
    for (const ticker of this.tickers) ticker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.tickers.map((ticker) => ticker.stop()));
  }

  wake(): void {
    for (const ticker of this.tickers) ticker.nudge();
  }

  /** The report may go over this association as long as it stands. */
  reportOn(commitmentId: string, association: WaitingAssociation): void {
    for (const [id, { reporter }] of this.waiting) if (!reporter.isOpen) this.waiting.delete(id);
    this.waiting.set(commitmentId, association);
  }

  /** One commitment; false when none is due. */
  private async next(): Promise<boolean> {
    const due = await this.store.manager.find(CommitmentEntity, {
      select: { id: true, centreId: true, aeTitle: true, attempts: true },
      where: { dueAt: LessThanOrEqual(this.clock.now()), state: Not('parked') },
      order: { dueAt: 'ASC', id: 'ASC' },
      take: CANDIDATES,
    });
    for (const { id, centreId, aeTitle, attempts } of due) {
      const gateway = `${centreId} ${aeTitle}`;
      if (this.busyGateways.has(gateway)) continue;
      this.busyGateways.add(gateway);
      try {
        const claimed = await this.claim(id, attempts);
        if (claimed === null) continue;
        await this.bring(claimed);
        return true;
      } finally {
        this.busyGateways.delete(gateway);
      }
    }
    return false;
  }

  /** By compare-and-set; a claim that was not settled in time is due again. */
  private claim(id: string, attempts: number): Promise<CommitmentEntity | null> {
    const { timeoutMs } = this.configuration.commitment;
    return this.unitOfWork.run(async (tx) => {
      const dueAt = new Date(this.clock.now().getTime() + 4 * timeoutMs);
      const { affected } = await tx.manager.update(
        CommitmentEntity,
        { id, attempts, dueAt: Not(IsNull()) },
        { attempts: attempts + 1, dueAt },
      );
      return affected === 1 ? tx.manager.findOneBy(CommitmentEntity, { id }) : null;
    });
  }

  private async bring(commitment: CommitmentEntity): Promise<void> {
    try {
      const decided = await this.decided(commitment);
      if (decided === null) return;
      const status = storeStatusOf(await this.report(decided));
      if (isStored(status)) return await this.outcomes.reported(decided, status.code);
      const error = new HubError('PEER_REJECTED', `the gateway answered ${statusText(status.code)}: ${status.meaning}`);
      if (status.kind === 'retryableFailure') await this.outcomes.tryAgain(decided, error);
      else await this.outcomes.park(decided, error);
    } catch (thrown) {
      const error = asHubError(thrown);
      this.log.warn('a commitment could not be reported', { stage: 'intake', code: error.code }, error);
      await this.outcomes.tryAgain(commitment, error);
    }
  }

  private async decided(commitment: CommitmentEntity): Promise<CommitmentEntity | null> {
    if (commitment.failed !== null) return commitment;
    const { unitOfWork, store, objects, clock } = this;
    const { keepDays } = this.configuration.commitment;
    const failed = await decideCommitment(commitment, { unitOfWork, store, objects, clock, keepDays });
    return failed === null ? null : { ...commitment, failed, state: 'decided' };
  }

  /** First where the gateway may be waiting for it. */
  private async report(commitment: CommitmentEntity): Promise<number> {
    const association = this.waiting.get(commitment.id);
    this.waiting.delete(commitment.id);
    if (association?.reporter.isOpen) {
      try {
        return await reportOnSameAssociation(commitment, association);
      } catch (thrown) {
        const { code } = asHubError(thrown);
        this.log.info('the association ended before the report: a new one is opened', { stage: 'intake', code });
      }
    }
    const gateway = await this.gateways.find(commitment.centreId, commitment.aeTitle);
    if (gateway === null) throw new HubError('NOT_FOUND', 'the calling AE is no gateway any more');
    return reportOnNewAssociation(commitment, gateway, this.configuration);
  }
}
