/**
 * When a series is complete: at its declared count (that of an acquisition: when its associations have ended), when its settle time has passed, or at the release of an association
 * of a sender that sends whole series; one that holds localizers only ends at once. Until then what is regular may run
 * ahead of time. A slice that arrives later opens the next revision. Every method runs inside the caller's transaction and
 * may be called again for the same cause.
 */
import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { CLOCK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { AssociationEntity, InstanceEntity, SeriesEntity, resolveHeldItemsOf } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { currentInputSet, supersede } from './input-sets';
import { disposeOfInstances } from './instance-dispositions';
import { isLocalizer } from './judge-series';
import { ASSEMBLED_SOP_CLASS_UID, inPieces, readSeriesContents } from './series-contents';
import type { SeriesContents } from './series-contents';
import { completeSeries, startAheadOfTime } from './series-outcome';

/** An association that brought one slice says nothing about the end: some senders open one for each slice. */
const MINIMUM_SLICES_TO_RUN_AHEAD = 2;

@Injectable()
export class SeriesAssembly {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Slices are durable. Nothing to do where their series have already been read with them. */
  async instancesStored(tx: Transaction, instanceIds: readonly string[], causationId: string): Promise<void> {
    const instances = await inPieces(instanceIds, (ids) =>
      tx.manager.find(InstanceEntity, { where: { id: In(ids) }, order: { id: 'ASC' } }),
    );
    for (const ofSeries of groupBySeries(instances)) await this.arrived(tx, ofSeries, causationId);
  }

  /** Its events may still be on their way, so the series are read from the association's own instances. */
  async associationEnded(
    tx: Transaction,
    associationId: string,
    outcome: 'released' | 'aborted',
    causationId: string,
  ): Promise<void> {
    const association = await tx.manager.findOneByOrFail(AssociationEntity, { id: associationId });
    const instances = await tx.manager.find(InstanceEntity, {
      where: { associationId, sopClassUid: ASSEMBLED_SOP_CLASS_UID },
      order: { id: 'ASC' },
    });
    for (const brought of groupBySeries(instances)) {
      await this.arrived(tx, brought, causationId);
      await this.afterEnd(tx, association, outcome, brought, causationId);
    }
  }

  /** False when the series is not due after all: more has arrived meanwhile. */
  async deadlineReached(tx: Transaction, seriesId: string): Promise<boolean> {
    const series = await tx.manager.findOneByOrFail(SeriesEntity, { id: seriesId });
    if (series.state !== 'open') return false;
    const contents = await readSeriesContents(tx.manager, series);
    if (contents === undefined || contents.deadlineAt > this.clock.now()) {
      await tx.manager.update(SeriesEntity, { id: seriesId }, { deadlineAt: contents?.deadlineAt ?? null });
      return false;
    }
    await completeSeries(tx, this.clock, series, contents, seriesId);
    return true;
  }

  /** Instances of one series, which may have been seen before. */
  private async arrived(tx: Transaction, instances: readonly InstanceEntity[], causationId: string): Promise<void> {
    const waiting = instances.filter(
      ({ disposition, sopClassUid }) => disposition === 'waiting' && sopClassUid === ASSEMBLED_SOP_CLASS_UID,
    );
    if (waiting.length === 0) return;
    const series = await this.seriesOf(tx, waiting[0]);
    const belonging = await this.admit(tx, series, waiting);
    if (belonging.length === 0) return;
    await this.reopen(tx, series, causationId);
    const count = await this.recordArrival(tx, series, belonging);
    const mayBeScout = belonging.every(({ header }) => isLocalizer(header));
    if (!mayBeScout && !belonging.some(({ header }) => header.declaredCount === count)) return;
    const contents = await readSeriesContents(tx.manager, series);
    if (contents === undefined || !(isScout(contents) || isWhole(contents))) return;
    await completeSeries(tx, this.clock, series, contents, causationId);
  }

  private async afterEnd(
    tx: Transaction,
    association: AssociationEntity,
    outcome: 'released' | 'aborted',
    brought: readonly InstanceEntity[],
    causationId: string,
  ): Promise<void> {
    const { centreId, seriesInstanceUid } = brought[0];
    const series = await tx.manager.findOneBy(SeriesEntity, { centreId, seriesInstanceUid });
    if (series === null || series.state !== 'open') return;
    const contents = await readSeriesContents(tx.manager, series);
    if (contents === undefined || contents.stillArriving) return;
    const released = outcome === 'released';
    if (isWhole(contents) || (released && association.sendsWholeSeries)) {
      await completeSeries(tx, this.clock, series, contents, causationId);
    } else if (released && brought.length >= MINIMUM_SLICES_TO_RUN_AHEAD) {
      await startAheadOfTime(tx, this.clock, series, contents, causationId);
    }
  }

  private async seriesOf(tx: Transaction, instance: InstanceEntity): Promise<SeriesEntity> {
    const { centreId, seriesInstanceUid } = instance;
    const found = await tx.manager.findOneBy(SeriesEntity, { centreId, seriesInstanceUid });
    if (found !== null) return found;
    const series = tx.manager.create(SeriesEntity, {
      id: uuidv7(this.clock),
      centreId,
      seriesInstanceUid,
      ...describedBy(instance),
      state: 'open',
      stateCode: null,
      revision: 1,
      instanceCount: 0,
      declaredCount: null,
      lastInstanceAt: instance.receivedAt,
      deadlineAt: instance.receivedAt,
      completedAt: null,
    });
    await tx.manager.insert(SeriesEntity, series);
    return series;
  }

  /** A localizer never changes a series that has ended, and a discarded series stays so. */
  private async admit(
    tx: Transaction,
    series: SeriesEntity,
    waiting: readonly InstanceEntity[],
  ): Promise<readonly InstanceEntity[]> {
    if (series.state === 'discarded') {
      await disposeOfInstances(tx, waiting, 'notApplicable', 'DISCARDED');
      return [];
    }
    if (series.state === 'open') return waiting;
    const localizers = waiting.filter((instance) => isLocalizer(instance.header));
    await disposeOfInstances(tx, localizers, 'notApplicable', 'LOCALIZER');
    return waiting.filter((instance) => !isLocalizer(instance.header));
  }

  /** What was decided without this slice no longer holds, and must not leave: told at once. */
  private async reopen(tx: Transaction, series: SeriesEntity, causationId: string): Promise<void> {
    const current = await currentInputSet(tx, series);
    if (current !== null) {
      const after = current.state === 'complete' ? 'the series was complete' : 'the early run had begun';
      await supersede(tx, current, `a slice arrived after ${after}`, causationId);
    }
    if (series.state === 'open') return;
    if (series.state === 'complete') series.revision += 1;
    if (series.state === 'held') {
      const resolution = { state: 'resolved', by: 'hub', why: 'another slice arrived' } as const;
      await resolveHeldItemsOf(tx, this.clock, { kind: 'series', subjectId: series.id }, resolution);
    }
    series.state = 'open';
    series.stateCode = null;
    series.completedAt = null;
  }

  /** Returns how many instances of the series are there now. */
  private async recordArrival(
    tx: Transaction,
    series: SeriesEntity,
    instances: readonly InstanceEntity[],
  ): Promise<number> {
    const { centreId, seriesInstanceUid, state, stateCode, completedAt, revision } = series;
    const latest = instances.reduce((last, each) => (each.receivedAt > last.receivedAt ? each : last));
    const { settleTimeMs } = await tx.manager.findOneByOrFail(AssociationEntity, { id: latest.associationId });
    const same = { centreId, seriesInstanceUid, sopClassUid: ASSEMBLED_SOP_CLASS_UID };
    const instanceCount = await tx.manager.countBy(InstanceEntity, same);
    const lastInstanceAt = laterOf(latest.receivedAt, series.lastInstanceAt);
    const deadlineAt = laterOf(new Date(latest.receivedAt.getTime() + settleTimeMs), series.deadlineAt);
    const declaredCount = latest.header.declaredCount ?? series.declaredCount;
    const slice = instances.find(({ header }) => !isLocalizer(header));
    const described = slice === undefined ? {} : describedBy(slice);
    const arrival = { instanceCount, declaredCount, lastInstanceAt, deadlineAt, ...described };
    await tx.manager.update(SeriesEntity, { id: series.id }, { state, stateCode, completedAt, revision, ...arrival });
    return instanceCount;
  }
}

/** What a series says of itself. A localizer, whose frame of reference may be another, has the word until a slice comes. */
function describedBy({ studyInstanceUid, patientKey, purpose, header }: InstanceEntity) {
  const { modality, frameOfReferenceUid = null } = header;
  return { studyInstanceUid, frameOfReferenceUid, patientKey, modality, purpose };
}

/** Nobody waits for more of a scout: while it was open, the results of its whole study would wait. A slice opens it again. */
function isScout({ slices }: SeriesContents): boolean {
  return slices.every(({ header }) => isLocalizer(header));
}

/** ImagesInAcquisition is a word on the series only when nobody sends more of it: another acquisition may follow. */
function isWhole({ declaredCount, countsAcquisition, instances, stillArriving }: SeriesContents): boolean {
  return declaredCount === instances.length && !(countsAcquisition && stillArriving);
}

function laterOf(a: Date, b: Date | null): Date {
  return b !== null && b > a ? b : a;
}

function groupBySeries(instances: readonly InstanceEntity[]): InstanceEntity[][] {
  const groups = new Map<string, InstanceEntity[]>();
  for (const instance of instances) {
    const key = `${instance.centreId} ${instance.seriesInstanceUid}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [instance]);
    else group.push(instance);
  }
  return [...groups.values()];
}
