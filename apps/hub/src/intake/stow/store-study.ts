/**
 * One STOW request from its first byte to its answer (PS3.18 10.5): an arrival like an association. Its parts go into the
 * reception of C-STORE one after the other and are finished side by side, so that they share a commit.
 */
import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, HubError, UNIT_OF_WORK, asHubError } from '@modelbank/contracts';
import type { CalledAe, Clock } from '@modelbank/contracts';
import type { Uid } from '@modelbank/dicom';
import { CONFIGURATION, LOGGER, SCHEDULER, uuidv7 } from '@modelbank/platform';
import type { Configuration, HubLogger, Scheduler } from '@modelbank/platform';
import { appendJournal } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { wasCut } from '../../dicomweb/refused-connections';
import { AssociationLog } from '../association-log';
import type { AssociationEnd } from '../association-log';
import type { Arrival } from '../arrival';
import { IntakeMetrics } from '../intake-metrics';
import { isJournalledAlready } from '../refused-peers';
import { ReceiveInstance } from '../receive-instance';
import { StoreInstances } from '../store-instances';
import { readMultipart } from './multipart-body';
import type { PartOutcome, PartRules } from './part-reception';
import { PartsOfRequest } from './parts-of-request';
import { places } from './places';

/** Enough for a shared commit and for the disk; each holds a file and what came of it last. */
const PARTS_SIDE_BY_SIDE = 8;
/** Stands where an association has the title of its calling AE. */
export const STOW_AE_TITLE = 'STOW-RS';

export interface StowSender {
  readonly actor: string;
  readonly centreId: string;
  readonly calledAe: CalledAe;
  readonly studyInstanceUid?: Uid;
}

@Injectable()
export class StoreStudy {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SCHEDULER) private readonly scheduler: Scheduler,
    @Inject(LOGGER) private readonly logger: HubLogger,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    private readonly reception: ReceiveInstance,
    private readonly instances: StoreInstances,
    private readonly arrivals: AssociationLog,
    private readonly metrics: IntakeMetrics,
  ) {}

  /** What became of each part, in their order. Throws where the body as a whole cannot be read. */
  async receive(request: IncomingMessage, boundary: string, sender: StowSender): Promise<PartOutcome[]> {
    const arrival = this.arrivalOf(sender, request);
    const parts = new PartsOfRequest(this.rulesFor(arrival, sender));
    try {
      await readMultipart(request, {
        ...{ ...this.configuration.dicomweb.limits, boundary, scheduler: this.scheduler },
        onPart: (stream) => parts.begin(stream),
        room: () => parts.room(),
      });
      if (parts.count === 0) throw new HubError('INVALID_REQUEST', 'the request has no parts');
    } catch (thrown) {
      const reason = asHubError(thrown);
      await parts.abort(reason);
      await this.ended(arrival, 'aborted');
      if (!wasCut(request.socket)) await this.journal(arrival, [reason]);
      throw reason;
    }
    const outcomes = await parts.outcomes();
    await this.ended(arrival, 'released');
    await this.journal(
      arrival,
      outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure])),
    );
    return outcomes;
  }

  private rulesFor(arrival: Arrival, { studyInstanceUid }: StowSender): PartRules {
    const { maxInstanceBytes } = this.configuration.dicomweb.limits;
    const { enter } = places(PARTS_SIDE_BY_SIDE);
    return { arrival, enter, maxInstanceBytes, studyInstanceUid, open: (instance) => this.reception.open(instance) };
  }

  private arrivalOf({ actor, centreId, calledAe }: StowSender, { socket }: IncomingMessage): Arrival {
    const { settleTimeMs } = this.configuration.assembly;
    return {
      id: uuidv7(this.clock),
      // a sender may split a series over requests: its end says nothing about the series
      callingAe: { aeTitle: STOW_AE_TITLE, centreId, settleTimeMs, sendsWholeSeries: false },
      calledAe,
      startedAt: this.clock.now(),
      actor,
      remoteAddress: socket.remoteAddress ?? '',
    };
  }

  private async ended({ id, callingAe, calledAe }: Arrival, outcome: AssociationEnd): Promise<void> {
    const { centreId } = callingAe;
    const fields = { stage: 'intake', associationId: id, centreId, calledAeTitle: calledAe.aeTitle, outcome };
    this.logger.info('a store request ended', fields);
    if (!this.instances.hasRecorded(id)) return;
    await this.arrivals.ended(id, outcome);
    this.instances.forget(id);
  }

  /** One entry for all that was refused of a request: how much, and why. */
  private async journal(
    { id, callingAe, actor, remoteAddress }: Arrival,
    failures: readonly HubError[],
  ): Promise<void> {
    failures.forEach(({ code }) => this.metrics.incident(code));
    const untold = failures.filter((failure) => !isJournalledAlready(failure));
    if (untold.length === 0) return;
    const counts = new Map<string, number>();
    for (const { code } of untold) counts.set(code, (counts.get(code) ?? 0) + 1);
    await this.unitOfWork.run((tx) =>
      appendJournal(tx, this.clock, {
        kind: 'stow.refused',
        centreId: callingAe.centreId,
        actor,
        subjectId: id,
        text: `of a store request ${untold.length} parts were refused`,
        details: {
          code: counts.size === 1 ? untold[0].code : 'several',
          codes: Object.fromEntries(counts),
          remoteAddress,
        },
      }),
    );
  }
}
