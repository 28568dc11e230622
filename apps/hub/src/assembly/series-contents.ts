/**
 * Reads what a series holds from the rows themselves. Events only say that it is worth looking: they may come twice, late
 * and in any order, and the answer is the same.
 */
import { In, Like } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { AssociationEntity, CalledAeEntity, InstanceEntity } from '@modelbank/store';
import type { SeriesEntity } from '@modelbank/store';
import { sopClassUid } from '@modelbank/dicom';
import { isLocalizer } from './judge-series';
import type { Slice } from './judge-series';

/** The only class that is assembled so far. */
export const ASSEMBLED_SOP_CLASS_UID = sopClassUid('CTImageStorage');
/** Disposition codes that assembly gives begin with this; instances that carry one can still join their series. */
export const SERIES_CODE_PREFIX = 'SERIES_';
const PIECE = 500;

export interface SeriesContents {
  readonly instances: readonly InstanceEntity[];
  readonly slices: readonly Slice[];
  readonly lastInstanceAt: Date;
  /** When silence makes the series complete. */
  readonly deadlineAt: Date;
  /** Where all instances that state a count state the same one, and, where it counts an acquisition, all are of that one. */
  readonly declaredCount: number | null;
  /** The declared count is that of an acquisition: it may end before the series does. */
  readonly countsAcquisition: boolean;
  /** Parameters of the called AE that the volume was sent to, localizers aside; the slices are held when they differ. */
  readonly parameters: Record<string, string | number | boolean>;
  /** An association that brought slices of this series has not ended. */
  readonly stillArriving: boolean;
}

type SeriesKey = Pick<SeriesEntity, 'centreId' | 'seriesInstanceUid'>;

/** Undefined when nothing of the series can be assembled. */
export async function readSeriesContents(
  manager: EntityManager,
  series: SeriesKey,
): Promise<SeriesContents | undefined> {
  const instances = await assemblable(manager, series);
  if (instances.length === 0) return undefined;
  const ids = [...new Set(instances.map((instance) => instance.associationId))];
  const associations = await inPieces(ids, (piece) => manager.findBy(AssociationEntity, { id: In(piece) }));
  const byId = new Map(associations.map((association) => [association.id, association]));
  const titles = [...new Set(associations.map((association) => association.calledAeTitle))];
  const calledAes = await manager.findBy(CalledAeEntity, { aeTitle: In(titles) });
  const parametersOf = new Map(calledAes.map((ae) => [ae.aeTitle, ae.parameters ?? {}]));
  const ofInstance = (instance: InstanceEntity) =>
    parametersOf.get(byId.get(instance.associationId)?.calledAeTitle ?? '') ?? {};
  const settledAt = instances.map(
    (instance) => instance.receivedAt.getTime() + (byId.get(instance.associationId)?.settleTimeMs ?? 0),
  );
  return {
    instances,
    slices: instances.map((instance) => sliceOf(instance, ofInstance(instance))),
    lastInstanceAt: new Date(largest(instances.map((instance) => instance.receivedAt.getTime()))),
    deadlineAt: new Date(largest(settledAt)),
    declaredCount: agreedCount(instances),
    countsAcquisition: countsAcquisition(instances),
    parameters: ofInstance(instances.find(({ header }) => !isLocalizer(header)) ?? instances[0]),
    stillArriving: associations.some((association) => association.endedAt === null),
  };
}

async function assemblable(manager: EntityManager, series: SeriesKey): Promise<InstanceEntity[]> {
  const { centreId, seriesInstanceUid } = series;
  const same = { centreId, seriesInstanceUid, sopClassUid: ASSEMBLED_SOP_CLASS_UID };
  return manager.find(InstanceEntity, {
    where: [
      { ...same, disposition: In(['waiting', 'assembled']) },
      { ...same, dispositionCode: Like(`${SERIES_CODE_PREFIX}%`) },
    ],
    order: { id: 'ASC' },
  });
}

function sliceOf(instance: InstanceEntity, parameters: Record<string, string | number | boolean>): Slice {
  return {
    instanceId: instance.id,
    studyInstanceUid: instance.studyInstanceUid,
    patientKey: instance.patientKey,
    purpose: instance.purpose,
    parametersKey: JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))),
    header: instance.header,
  };
}

function agreedCount(instances: readonly InstanceEntity[]): number | null {
  if (countsAcquisition(instances) && new Set(instances.map(({ header }) => header.acquisitionNumber)).size > 1) {
    return null;
  }
  const counts = new Set(instances.map((instance) => instance.header.declaredCount));
  counts.delete(undefined);
  const [count] = counts;
  return counts.size === 1 && count !== undefined ? count : null;
}

function countsAcquisition(instances: readonly InstanceEntity[]): boolean {
  return instances.some(({ header }) => header.declaredCountOf === 'acquisition');
}

function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number));
}

/** SQL Server takes 2100 parameters at most. */
export async function inPieces<K, R>(keys: readonly K[], read: (piece: K[]) => Promise<R[]>): Promise<R[]> {
  const found: R[] = [];
  for (let start = 0; start < keys.length; start += PIECE)
    found.push(...(await read(keys.slice(start, start + PIECE))));
  return found;
}
