/** The rows of one study at one centre, from every stage. Read-only: each stage owns its tables. */
import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import {
  CandidateEntity,
  DeliveryEntity,
  HeldItemEntity,
  InputSetEntity,
  InstanceEntity,
  JobEntity,
  ModelVersionEntity,
  OutboxMessageEntity,
  ResultEntity,
  SeriesEntity,
  TaskSelectionEntity,
} from '@modelbank/store';

/** SQL Server takes 2100 parameters at most. */
const MOST_HELD_INSTANCES = 500;

export interface StudyRows {
  /** Number of instances by disposition. */
  readonly dispositions: Readonly<Record<string, number>>;
  readonly series: readonly SeriesEntity[];
  readonly inputSets: readonly InputSetEntity[];
  readonly candidates: readonly Pick<CandidateEntity, 'inputSetId' | 'applies'>[];
  readonly tasks: readonly TaskSelectionEntity[];
  readonly versions: readonly Pick<ModelVersionEntity, 'id' | 'modelId' | 'version'>[];
  readonly jobs: readonly JobEntity[];
  readonly results: readonly ResultEntity[];
  readonly deliveries: readonly DeliveryEntity[];
  readonly held: readonly HeldItemEntity[];
  /** Events that no stage has taken yet, of all studies. */
  readonly eventsOnTheirWay: number;
}

export async function readStudyRows(
  manager: EntityManager,
  centreId: string,
  studyInstanceUid: string,
): Promise<StudyRows> {
  // first, because what an event changes must be seen after the event is gone
  const eventsOnTheirWay = await manager.countBy(OutboxMessageEntity, { state: 'pending' });
  const study = { centreId, studyInstanceUid };
  const dispositions = await dispositionsOf(manager, study);
  const order = { id: 'ASC' } as const;
  const series = await manager.find(SeriesEntity, { where: study, order });
  const inputSets = await manager.find(InputSetEntity, { where: { seriesId: In(idsOf(series)) }, order });
  const ofSets = { inputSetId: In(idsOf(inputSets)) };
  const candidates = await manager.find(CandidateEntity, {
    select: { id: true, inputSetId: true, applies: true },
    where: ofSets,
  });
  const tasks = await manager.find(TaskSelectionEntity, { where: ofSets, order });
  const jobs = await manager.find(JobEntity, { where: ofSets, order });
  const ofJobs = { jobId: In(idsOf(jobs)) };
  const heldInstances = await manager.find(InstanceEntity, {
    select: { id: true },
    where: { ...study, disposition: 'held' },
    take: MOST_HELD_INSTANCES,
  });
  const subjects = [series, inputSets, tasks, jobs, heldInstances].flatMap(idsOf);
  return {
    ...{ eventsOnTheirWay, dispositions, series, inputSets, candidates, tasks, jobs },
    versions: await versionsOf(manager, tasks),
    results: await manager.find(ResultEntity, { where: ofJobs, order }),
    deliveries: await manager.find(DeliveryEntity, { where: ofJobs, order }),
    held: await manager.find(HeldItemEntity, { where: { subjectId: In(subjects), state: 'held' }, order }),
  };
}

async function dispositionsOf(
  manager: EntityManager,
  study: { readonly centreId: string; readonly studyInstanceUid: string },
): Promise<Record<string, number>> {
  const counted = await manager
    .createQueryBuilder(InstanceEntity, 'instance')
    .select('instance.disposition', 'disposition')
    .addSelect('COUNT(*)', 'count')
    .where(study)
    .groupBy('instance.disposition')
    .getRawMany<{ disposition: string; count: string | number }>();
  return Object.fromEntries(counted.map(({ disposition, count }) => [disposition, Number(count)]));
}

function versionsOf(manager: EntityManager, tasks: readonly TaskSelectionEntity[]) {
  const ids = tasks.flatMap((task) => (task.modelVersionId === null ? [] : [task.modelVersionId]));
  return manager.find(ModelVersionEntity, {
    select: { id: true, modelId: true, version: true },
    where: { id: In([...new Set(ids)]) },
  });
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map((row) => row.id);
}
