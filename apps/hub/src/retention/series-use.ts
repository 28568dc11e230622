/** Reads what a series is used for from the rows of every stage: runs, results, deliveries, what waits for a person. */
import { In, Not } from 'typeorm';
import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import type { InstanceDisposition } from '@modelbank/contracts';
import {
  AssociationEntity,
  CalledAeEntity,
  DeliveryEntity,
  HeldItemEntity,
  InputSetEntity,
  InstanceEntity,
  JobEntity,
  ResultEntity,
  SeriesEntity,
  TaskSelectionEntity,
} from '@modelbank/store';
import { longestOf } from './judge-retention';
import type { RetentionPeriods, SeriesUse } from './judge-retention';
import type { KnownPeriods } from './retention-rules';

export interface SeriesKey {
  readonly centreId: string;
  readonly seriesInstanceUid: string;
}

/** A series whose images are kept, with all that decides how long. */
export interface KeptSeries extends SeriesKey {
  /** What is kept of it. */
  readonly instances: readonly Pick<InstanceEntity, 'id' | 'sizeBytes'>[];
  readonly use: SeriesUse;
  readonly periods: RetentionPeriods;
  /** What waits for a person because of it. */
  readonly heldItemIds: readonly string[];
}

/** SQL Server takes 2100 parameters. */
const IDS_PER_QUERY = 500;
const MOVING_JOBS: ReadonlySet<string> = new Set(['queued', 'running', 'inferred']);
const MOVING_DELIVERIES: ReadonlySet<string> = new Set(['awaitingCompletion', 'waiting', 'sending']);

/** Undefined when nothing of it is kept any more. */
export async function readKeptSeries(
  manager: EntityManager,
  key: SeriesKey,
  known: KnownPeriods,
): Promise<KeptSeries | undefined> {
  const { centreId, seriesInstanceUid } = key;
  const instances = await manager.find(InstanceEntity, {
    select: {
      ...{ id: true, sizeBytes: true, receivedAt: true, disposition: true },
      associationId: true,
      patientKey: true,
    },
    where: { centreId, seriesInstanceUid, disposition: Not<InstanceDisposition>('deleted') },
    order: { id: 'ASC' },
  });
  if (instances.length === 0) return undefined;
  const series = await manager.findOneBy(SeriesEntity, { centreId, seriesInstanceUid });
  const setIds = await inputSetsWith(manager, series, instances);
  const selections = await whereIn(manager, TaskSelectionEntity, 'inputSetId', setIds);
  const jobs = await whereIn(manager, JobEntity, 'inputSetId', setIds);
  const results = await whereIn(manager, ResultEntity, 'jobId', jobs.map(idOf));
  const deliveries = await whereIn(manager, DeliveryEntity, 'resultId', results.map(idOf));
  const subjects = [...instances.map(idOf), ...(series === null ? [] : [series.id]), ...setIds];
  subjects.push(...selections.map(idOf), ...jobs.map(idOf));
  const held = (await whereIn(manager, HeldItemEntity, 'subjectId', subjects)).filter(({ state }) => state === 'held');
  const started = new Set(jobs.map(({ taskSelectionId }) => taskSelectionId));
  const isInUse =
    series?.state === 'open' ||
    instances.some(({ disposition }) => disposition === 'waiting') ||
    selections.some(({ id, state }) => state === 'selected' && !started.has(id)) ||
    jobs.some(({ state }) => MOVING_JOBS.has(state)) ||
    deliveries.some(({ state }) => MOVING_DELIVERIES.has(state));
  const use = {
    lastReceivedAt: latest(instances.map(({ receivedAt }) => receivedAt)) ?? instances[0].receivedAt,
    isInUse,
    lastDeliveredAt: held.length > 0 ? null : lastDelivery(jobs, results, deliveries),
  };
  return { ...key, instances, use, periods: await periodsOf(manager, instances, known), heldItemIds: held.map(idOf) };
}

/** Those of the series itself, and those of its patient in which it stands as a prior. */
async function inputSetsWith(
  manager: EntityManager,
  series: SeriesEntity | null,
  instances: readonly InstanceEntity[],
): Promise<string[]> {
  if (series === null) return [];
  const own = await manager.find(InputSetEntity, { select: { id: true }, where: { seriesId: series.id } });
  const [{ patientKey, id }] = instances;
  if (patientKey === null) return own.map(idOf);
  const others = await manager.find(InputSetEntity, {
    select: { id: true, members: true },
    where: { centreId: series.centreId, patientKey, seriesId: Not(series.id), state: In(['provisional', 'complete']) },
  });
  const withIt = others.filter(({ members }) => Object.values(members).some((ids) => ids.includes(id)));
  return [...own, ...withIt].map(idOf);
}

/** Null unless every result that stands was delivered somewhere. What was withdrawn or superseded is nobody's any more. */
function lastDelivery(
  jobs: readonly JobEntity[],
  results: readonly ResultEntity[],
  deliveries: readonly DeliveryEntity[],
): Date | null {
  const delivered = deliveries.filter(({ deliveredAt }) => deliveredAt !== null);
  const reached = new Set(delivered.map(({ resultId }) => resultId));
  const parked = new Set(deliveries.filter(({ state }) => state === 'parked').map(({ resultId }) => resultId));
  const live = new Set(jobs.filter(({ state }) => state === 'built').map(idOf));
  const standing = results.filter(({ state, jobId }) => state === 'built' && live.has(jobId));
  if (standing.some(({ id }) => !reached.has(id) || parked.has(id))) return null;
  return latest(delivered.flatMap(({ deliveredAt }) => (deliveredAt === null ? [] : [deliveredAt])));
}

/** By the called AE titles that it came to. */
async function periodsOf(
  manager: EntityManager,
  instances: readonly InstanceEntity[],
  { standard, ofProtocols }: KnownPeriods,
): Promise<RetentionPeriods> {
  if (ofProtocols.size === 0) return standard;
  const ids = [...new Set(instances.map(({ associationId }) => associationId))];
  const associations = await whereIn(manager, AssociationEntity, 'id', ids);
  const titles = [...new Set(associations.map(({ calledAeTitle }) => calledAeTitle))];
  const calledAes = await whereIn(manager, CalledAeEntity, 'aeTitle', titles);
  const periods = calledAes.map(({ protocolId }) => ofProtocols.get(protocolId ?? '') ?? standard);
  return periods.length === 0 ? standard : longestOf(periods);
}

async function whereIn<E extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<E>,
  column: keyof E & string,
  values: readonly string[],
): Promise<E[]> {
  const found: E[] = [];
  for (let start = 0; start < values.length; start += IDS_PER_QUERY) {
    const where = { [column]: In(values.slice(start, start + IDS_PER_QUERY)) } as FindOptionsWhere<E>;
    found.push(...(await manager.find(entity, { where })));
  }
  return found;
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function latest(moments: readonly Date[]): Date | null {
  return moments.reduce<Date | null>((last, each) => (last === null || each > last ? each : last), null);
}
