/** Where a study is on its way, as the hub tells it, and the sentences a person reads of it. */
import type { HubClient } from '../hub-client';

export interface DeliveryAnswer {
  readonly id: string;
  readonly state: string;
  readonly code: string | null;
  readonly attempts: number;
}

export interface JobProgressAnswer {
  readonly id: string;
  readonly state: string;
  readonly code: string | null;
  readonly attempts: number;
  readonly results: readonly { id: string; state: string; deliveries: readonly DeliveryAnswer[] }[];
}

export interface StudyProgressAnswer {
  readonly studyInstanceUid: string;
  readonly centreId: string;
  readonly instancesStored: number;
  readonly dispositions: Readonly<Record<string, number>>;
  readonly series: readonly {
    readonly seriesInstanceUid: string;
    readonly modality: string;
    readonly state: string;
    readonly code: string | null;
    readonly instanceCount: number;
    readonly inputSets: readonly {
      readonly id: string;
      readonly revision: number;
      readonly state: string;
      readonly slices: number;
      readonly candidates: number;
      readonly applicable: number;
      readonly tasks: readonly {
        readonly task: string;
        readonly state: string;
        readonly code: string | null;
        readonly modelId: string | null;
        readonly modelVersion: string | null;
        readonly jobs: readonly JobProgressAnswer[];
      }[];
    }[];
  }[];
  readonly held: readonly { id: string; kind: string; code: string; reason: string }[];
  readonly settled: boolean;
}

/** States of jobs and deliveries that change by themselves. */
const UNDER_WAY: ReadonlySet<string> = new Set([
  'queued',
  'running',
  'inferred',
  'awaitingCompletion',
  'waiting',
  'sending',
]);

export function studyProgress(
  hub: HubClient,
  studyInstanceUid: string,
  centreId: string,
): Promise<StudyProgressAnswer> {
  return hub
    .get<StudyProgressAnswer[]>(`/studies/${studyInstanceUid}/progress?centre=${centreId}`)
    .then(([progress]) => progress);
}

/** One line for each thing that has happened, in the order of the journey: new lines are what is new. */
export function progressLines(progress: StudyProgressAnswer): string[] {
  const lines = [`intake     ${progress.instancesStored} instances stored`];
  for (const series of progress.series) {
    const name = `${series.modality} series …${series.seriesInstanceUid.slice(-8)}`;
    if (series.state !== 'open')
      lines.push(`assembly   ${name}: ${withCode(series.state, series.code)}, ${series.instanceCount} slices`);
    for (const inputSet of series.inputSets) {
      if (inputSet.state === 'superseded') continue;
      if (inputSet.candidates > 0) {
        lines.push(`selection  ${name}: ${inputSet.applicable} of ${inputSet.candidates} registered versions apply`);
      }
      for (const task of inputSet.tasks) lines.push(...taskLines(task));
    }
  }
  for (const { id, code, reason } of progress.held) lines.push(`held       ${code}: ${reason} (${id})`);
  return lines;
}

function taskLines(task: StudyProgressAnswer['series'][number]['inputSets'][number]['tasks'][number]): string[] {
  const model = task.modelId === null ? '' : ` ${task.modelId} ${task.modelVersion ?? ''}`;
  const lines = [`selection  ${task.task}:${model} ${withCode(task.state, task.code)}`];
  for (const job of task.jobs) {
    if (job.state === 'running') lines.push(`inference  ${task.modelId} runs (attempt ${job.attempts})`);
    if (['inferred', 'built'].includes(job.state)) lines.push(`inference  ${task.modelId} done`);
    if (['held', 'failed'].includes(job.state)) lines.push(`inference  ${withCode(job.state, job.code)}`);
    for (const { id, state, deliveries } of job.results) {
      lines.push(`results    RTSTRUCT ${id}: ${state === 'built' ? 'built and checked' : state}`);
      for (const delivery of deliveries) {
        if (['delivered', 'parked', 'blocked'].includes(delivery.state)) {
          lines.push(`delivery   ${withCode(delivery.state, delivery.code)}`);
        } else if (isTriedInVain(delivery)) {
          lines.push(`delivery   ${withCode('not taken yet', delivery.code)}; the hub tries again by itself`);
        }
      }
    }
  }
  return lines;
}

function isTriedInVain({ state, attempts }: DeliveryAnswer): boolean {
  return state === 'waiting' && attempts > 0;
}

/** All that is left are deliveries that were tried in vain: the hub goes on for days by itself, and nobody need watch. */
export function isOnlyDelivering({ series }: StudyProgressAnswer): boolean {
  const inputSets = series.flatMap((each) => each.inputSets).filter(({ state }) => state !== 'superseded');
  const tasks = inputSets.flatMap((inputSet) => inputSet.tasks).filter(({ state }) => state === 'selected');
  const jobs = tasks.flatMap((task) => task.jobs);
  const left = jobs
    .flatMap(({ results }) => results)
    .flatMap(({ deliveries }) => deliveries)
    .filter(({ state }) => UNDER_WAY.has(state));
  return (
    series.every(({ state }) => state !== 'open') &&
    inputSets.every(({ candidates }) => candidates > 0) &&
    tasks.every((task) => task.jobs.length > 0) &&
    jobs.every(({ state }) => !UNDER_WAY.has(state)) &&
    left.length > 0 &&
    left.every(isTriedInVain)
  );
}

function withCode(state: string, code: string | null): string {
  return code === null ? state : `${state} (${code})`;
}

/** Ids of the results that are valid now. */
export function resultIdsOf(progress: StudyProgressAnswer): string[] {
  return progress.series
    .flatMap(({ inputSets }) => inputSets)
    .flatMap(({ tasks }) => tasks)
    .flatMap(({ jobs }) => jobs)
    .flatMap(({ results }) => results)
    .filter(({ state }) => state === 'built')
    .map(({ id }) => id);
}

/** Where to look when no result came: `explain` only knows what was assembled into series. */
export function whyNothing(studies: readonly StudyProgressAnswer[]): string {
  const [first] = studies.flatMap(({ series }) => series);
  if (first !== undefined) {
    return `no result; why: bin/modelbank explain ${first.seriesInstanceUid} and bin/modelbank held list`;
  }
  if (studies.some(({ held }) => held.length > 0)) return 'no result; why: bin/modelbank held list';
  const kept = studies.reduce((sum, { instancesStored }) => sum + instancesStored, 0);
  return `no result: ${kept} instances are kept, but no stage assembles this kind into series yet`;
}
