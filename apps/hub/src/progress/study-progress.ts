/** Folds the rows of a study into one tree: series, input sets, tasks, jobs, results, deliveries. Pure. */
import type { DeliveryEntity, InputSetEntity, JobEntity, SeriesEntity, TaskSelectionEntity } from '@modelbank/store';
import type {
  DeliveryProgress,
  InputSetProgress,
  JobProgress,
  ResultProgress,
  SeriesProgress,
  StudyProgress,
  TaskProgress,
} from './progress-view';
import type { StudyRows } from './study-rows';

const MOVING_JOBS: ReadonlySet<string> = new Set(['queued', 'running', 'inferred']);
const MOVING_DELIVERIES: ReadonlySet<string> = new Set(['awaitingCompletion', 'waiting', 'sending']);

export function studyProgress(centreId: string, studyInstanceUid: string, rows: StudyRows): StudyProgress {
  return {
    studyInstanceUid,
    centreId,
    instancesStored: Object.values(rows.dispositions).reduce((sum, count) => sum + count, 0),
    dispositions: { ...rows.dispositions },
    series: rows.series.map((series) => seriesProgress(series, rows)),
    held: rows.held.map(({ id, kind, subjectId, code, reason }) => ({ id, kind, subjectId, code, reason })),
    settled: isSettled(rows),
  };
}

/** Every stage has said its last word. A blocked delivery and a held job wait for a person, not for us. */
function isSettled(rows: StudyRows): boolean {
  return (
    rows.eventsOnTheirWay === 0 &&
    rows.series.every((series) => series.state !== 'open') &&
    rows.jobs.every((job) => !MOVING_JOBS.has(job.state)) &&
    rows.deliveries.every((delivery) => !MOVING_DELIVERIES.has(delivery.state))
  );
}

function seriesProgress(series: SeriesEntity, rows: StudyRows): SeriesProgress {
  const { id, seriesInstanceUid, modality, state, stateCode, revision } = series;
  const { instanceCount, declaredCount, deadlineAt } = series;
  return {
    ...{ id, seriesInstanceUid, modality, state, code: stateCode, revision },
    ...{ instanceCount, declaredCount, deadlineAt },
    inputSets: rows.inputSets.filter((set) => set.seriesId === id).map((set) => inputSetProgress(set, rows)),
  };
}

function inputSetProgress({ id, revision, state, members }: InputSetEntity, rows: StudyRows): InputSetProgress {
  const candidates = rows.candidates.filter((candidate) => candidate.inputSetId === id);
  return {
    ...{ id, revision, state },
    slices: Object.values(members).reduce((sum, ids) => sum + ids.length, 0),
    candidates: candidates.length,
    applicable: candidates.filter((candidate) => candidate.applies).length,
    tasks: rows.tasks.filter((task) => task.inputSetId === id).map((task) => taskProgress(task, rows)),
  };
}

function taskProgress(selection: TaskSelectionEntity, rows: StudyRows): TaskProgress {
  const { id, task, state, stateCode, modelVersionId } = selection;
  const version = rows.versions.find((each) => each.id === modelVersionId);
  return {
    ...{ id, task, state, code: stateCode },
    modelId: version?.modelId ?? null,
    modelVersion: version?.version ?? null,
    jobs: rows.jobs.filter((job) => job.taskSelectionId === id).map((job) => jobProgress(job, rows)),
  };
}

function jobProgress(job: JobEntity, rows: StudyRows): JobProgress {
  const { id, state, stateCode, attempts, createdAt, startedAt, finishedAt } = job;
  const results = rows.results.filter((result) => result.jobId === id);
  return {
    ...{ id, state, code: stateCode, attempts, createdAt, startedAt, finishedAt },
    results: results.map((result): ResultProgress => {
      const deliveries = rows.deliveries.filter((delivery) => delivery.resultId === result.id);
      return {
        ...{ id: result.id, kind: result.kind, state: result.state, sopInstanceUid: result.sopInstanceUid },
        deliveries: deliveries.map(deliveryProgress),
      };
    }),
  };
}

function deliveryProgress(delivery: DeliveryEntity): DeliveryProgress {
  const { id, resultId, destinationId, state, stateCode, attempts, deliveredAt } = delivery;
  return { id, resultId, destinationId, state, code: stateCode, attempts, deliveredAt };
}
