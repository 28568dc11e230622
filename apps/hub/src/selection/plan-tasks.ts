/**
 * What becomes of each task on each input set of a group: the rules of libs/registry, fed with what was evaluated, what a
 * person decided and what runs already. Pure.
 */
import { resolveTask } from '@modelbank/registry';
import type {
  PersonsDecision,
  ReleaseDecision,
  RunnableVersion,
  TaskContender,
  TaskOutcome,
} from '@modelbank/registry';
import type { TaskSelectionEntity } from '@modelbank/store';
import type { EvaluatedCandidate, EvaluatedSet } from './evaluated-group';

export type PlannedTask = { readonly task: string } & (
  TaskOutcome | { readonly inputSetId: string; readonly state: 'denied'; readonly release: ReleaseDecision }
);

export interface EarlierSelection {
  readonly row: Pick<TaskSelectionEntity, 'inputSetId' | 'task' | 'state' | 'modelVersionId'>;
  readonly decision?: PersonsDecision;
}

export function planTasks(sets: readonly EvaluatedSet[], earlier: readonly EarlierSelection[]): PlannedTask[] {
  const tasks = new Set(
    sets.flatMap(({ candidates }) => candidates.filter(isApplying).map(({ version }) => version.task)),
  );
  return [...tasks].sort().flatMap((task) =>
    planTask(
      task,
      sets,
      earlier.filter(({ row }) => row.task === task),
    ),
  );
}

function planTask(task: string, sets: readonly EvaluatedSet[], earlier: readonly EarlierSelection[]): PlannedTask[] {
  const claims = sets
    .map((set) => ({ set, applying: set.candidates.filter((one) => isApplying(one) && one.version.task === task) }))
    .filter(({ applying }) => applying.length > 0);
  const denied = claims.flatMap(({ set, applying }): PlannedTask[] => {
    const [first] = applying;
    if (first.release === null || applying.some(isAllowed)) return [];
    return [{ task, inputSetId: set.inputSet.id, state: 'denied', release: first.release }];
  });
  const contenders = claims
    .map(({ set, applying }) => contenderOf(set, applying.filter(isAllowed), earlier))
    .filter(({ versions }) => versions.length > 0);
  const keeper = runsElsewhere(sets, earlier);
  if (keeper !== undefined) {
    const by = [keeper];
    return [
      ...denied,
      ...contenders.map(({ inputSetId }): PlannedTask => ({ task, inputSetId, state: 'outranked', by })),
    ];
  }
  return [...denied, ...resolveTask(withSettledModel(contenders, earlier)).map((outcome) => ({ task, ...outcome }))];
}

/** An input set that cannot be read any more keeps a task that was selected on it: else the study would get two results. */
function runsElsewhere(sets: readonly EvaluatedSet[], earlier: readonly EarlierSelection[]): string | undefined {
  const readable = new Set(sets.map(({ inputSet }) => inputSet.id));
  return earlier.find(({ row }) => row.state === 'selected' && !readable.has(row.inputSetId))?.row.inputSetId;
}

/** What was selected stays with its version: a newer one is for later input sets. */
function contenderOf(
  { inputSet, seriesInstanceUid, series }: EvaluatedSet,
  allowed: readonly EvaluatedCandidate[],
  earlier: readonly EarlierSelection[],
): TaskContender {
  const own = earlier.find(({ row }) => row.inputSetId === inputSet.id);
  const selectedId = own?.row.state === 'selected' ? own.row.modelVersionId : null;
  const selected = allowed.filter(({ version }) => version.id === selectedId);
  return {
    inputSetId: inputSet.id,
    name: seriesInstanceUid,
    series,
    versions: (selected.length > 0 ? selected : allowed).map(runnable),
    parameters: inputSet.parameters ?? {},
    decision: own?.decision,
  };
}

/** A model that runs in the group keeps the task against one that was registered later, unless a person chose. */
function withSettledModel(contenders: TaskContender[], earlier: readonly EarlierSelection[]): TaskContender[] {
  const settled = earlier.flatMap(({ row }) => (row.state === 'selected' ? [row.modelVersionId] : []));
  const versionIds = new Set(contenders.flatMap(({ versions }) => versions.map((version) => version.modelVersionId)));
  const chosen = contenders.some(({ decision }) => decision?.choices?.some(({ id }) => versionIds.has(id)));
  const [settledId] = settled.filter((id) => id !== null && versionIds.has(id));
  if (chosen || settledId === undefined || settledId === null) return contenders;
  return contenders.map((contender) => ({
    ...contender,
    decision: { ...contender.decision, choices: [...(contender.decision?.choices ?? []), { id: settledId, at: '' }] },
  }));
}

function runnable({ version }: EvaluatedCandidate): RunnableVersion {
  return {
    modelVersionId: version.id,
    modelId: version.modelId,
    version: version.version,
    parameters: version.manifest.parameters,
    ranking: version.manifest.inputs[0].ranking ?? [],
  };
}

function isApplying(candidate: EvaluatedCandidate): boolean {
  return candidate.applies;
}

function isAllowed({ release }: EvaluatedCandidate): boolean {
  return release?.allowed === true;
}
