/**
 * What runs for one task in one study and frame of reference: exactly one model version on exactly one input set, or the
 * reason why a person must look. Pure and independent of the order in which input sets and versions are given.
 */
import type { ObservedRole } from '../applicability/observed';
import type { ManifestParameter, RankingRule } from '../manifest/manifest';
import { compareVersions } from '../manifest/semantic-version';
import { rankSeries } from './rank-series';
import { resolveParameters } from './resolve-parameters';
import type { ParameterValues } from './resolve-parameters';

/** A version that applies to an input set and that the release policy allows. */
export interface RunnableVersion {
  readonly modelVersionId: string;
  readonly modelId: string;
  readonly version: string;
  readonly parameters: readonly ManifestParameter[];
  readonly ranking: readonly RankingRule[];
}

/** A model version (of models that contest the task) or an input set (of series that tie); the last word counts. */
export interface PersonsChoice {
  readonly id: string;
  /** ISO UTC. */
  readonly at: string;
}

/** What a person decided earlier about the task on an input set. */
export interface PersonsDecision {
  readonly choices?: readonly PersonsChoice[];
  readonly parameters?: ParameterValues;
  readonly discarded?: boolean;
}

/** An input set for which at least one version of the task can run. */
export interface TaskContender {
  readonly inputSetId: string;
  /** How people know it: its SeriesInstanceUID. */
  readonly name: string;
  /** The series that the ranking looks at. */
  readonly series: ObservedRole;
  readonly versions: readonly RunnableVersion[];
  /** From the called AE or the API. */
  readonly parameters: ParameterValues;
  readonly decision?: PersonsDecision;
}

export type SelectionHoldCode = 'TASK_CONTESTED' | 'SERIES_TIE' | 'PARAMETER_MISSING';

export type TaskOutcome = { readonly inputSetId: string } & (
  | { readonly state: 'selected'; readonly modelVersionId: string; readonly parameters: ParameterValues }
  | {
      readonly state: 'held';
      readonly code: SelectionHoldCode;
      readonly reason: string;
      /** Ids to choose from, or names of parameters to give. */
      readonly options: readonly string[];
      /** How people know each of the options. */
      readonly names: Readonly<Record<string, string>>;
      readonly modelVersionId?: string;
    }
  | { readonly state: 'outranked'; readonly by: readonly string[] }
  | { readonly state: 'discarded' }
);

/** One outcome per contender, in the order of their ids. */
export function resolveTask(contenders: readonly TaskContender[]): TaskOutcome[] {
  const ordered = [...contenders].sort((a, b) => compareText(a.inputSetId, b.inputSetId));
  const discarded = ordered.filter(({ decision }) => decision?.discarded === true);
  const outcomes = [
    ...discarded.map(({ inputSetId }): TaskOutcome => ({ inputSetId, state: 'discarded' })),
    ...resolveCompeting(ordered.filter((contender) => !discarded.includes(contender))),
  ];
  return outcomes.sort((a, b) => compareText(a.inputSetId, b.inputSetId));
}

function resolveCompeting(contenders: readonly TaskContender[]): TaskOutcome[] {
  if (contenders.length === 0) return [];
  const choices = contenders.flatMap(({ decision }) => decision?.choices ?? []);
  const versions = chosenModel(
    contenders.flatMap((contender) => contender.versions),
    choices,
  );
  const modelIds = distinct(versions.map(({ modelId }) => modelId));
  if (modelIds.length > 1) return contenders.map((contender) => contested(contender, versions));
  const running = contenders.filter((contender) => newestOf(contender, modelIds[0]) !== undefined);
  const newest = versions.reduce((best, other) => (compareVersions(other.version, best.version) > 0 ? other : best));
  const [best, ...rest] = rankSeries(
    newest.ranking,
    running.map(({ inputSetId: id, series }) => ({ id, series })),
  );
  const winner = winnerOf(best, choices);
  if (winner === undefined) {
    const tying = running.filter(({ inputSetId }) => best.includes(inputSetId));
    return [...tied(tying), ...outranked([...rest.flat(), ...idsWithout(contenders, running)], best)];
  }
  const others = contenders.map(({ inputSetId }) => inputSetId).filter((id) => id !== winner);
  return [selectOrHold(contenders, winner, modelIds[0]), ...outranked(others, [winner])];
}

/** The best one, or the one of several that was chosen. */
function winnerOf(best: readonly string[], choices: readonly PersonsChoice[]): string | undefined {
  return best.length === 1 ? best[0] : lastChoice(best, choices);
}

/** Every version, or those of the model that a person chose, when it still is among them. */
function chosenModel(
  versions: readonly RunnableVersion[],
  choices: readonly PersonsChoice[],
): readonly RunnableVersion[] {
  const ids = versions.map(({ modelVersionId }) => modelVersionId);
  const chosenId = lastChoice(ids, choices);
  const chosen = versions.find(({ modelVersionId }) => modelVersionId === chosenId);
  return chosen === undefined ? versions : versions.filter(({ modelId }) => modelId === chosen.modelId);
}

/** What was chosen last among the options; two different words of the same moment are none. */
function lastChoice(options: readonly string[], choices: readonly PersonsChoice[]): string | undefined {
  const relevant = choices.filter(({ id }) => options.includes(id));
  const lastAt = relevant
    .map(({ at }) => at)
    .sort(compareText)
    .at(-1);
  const last = distinct(relevant.filter(({ at }) => at === lastAt).map(({ id }) => id));
  return last.length === 1 ? last[0] : undefined;
}

function newestOf(contender: TaskContender, modelId: string): RunnableVersion | undefined {
  return [...contender.versions]
    .filter((version) => version.modelId === modelId)
    .sort((a, b) => compareVersions(b.version, a.version))[0];
}

function contested({ inputSetId }: TaskContender, versions: readonly RunnableVersion[]): TaskOutcome {
  const newest = distinct(versions.map(({ modelId }) => modelId))
    .sort(compareText)
    .map((modelId) =>
      versions
        .filter((version) => version.modelId === modelId)
        .reduce((best, other) => (compareVersions(other.version, best.version) > 0 ? other : best)),
    );
  const names = Object.fromEntries(newest.map((one) => [one.modelVersionId, `${one.modelId} ${one.version}`]));
  return {
    inputSetId,
    state: 'held',
    code: 'TASK_CONTESTED',
    reason: `${Object.values(names).join(' and ')} claim the same task; choose one of them.`,
    options: Object.keys(names),
    names,
  };
}

function tied(tying: readonly TaskContender[]): TaskOutcome[] {
  const options = tying.map(({ inputSetId }) => inputSetId);
  const names = Object.fromEntries(tying.map(({ inputSetId, name }) => [inputSetId, name]));
  const reason = `The ranking does not tell the series ${Object.values(names).join(' and ')} apart; choose one of them.`;
  return options.map((inputSetId) => ({ inputSetId, state: 'held', code: 'SERIES_TIE', reason, options, names }));
}

function outranked(ids: readonly string[], by: readonly string[]): TaskOutcome[] {
  return ids.map((inputSetId) => ({ inputSetId, state: 'outranked', by }));
}

function selectOrHold(contenders: readonly TaskContender[], inputSetId: string, modelId: string): TaskOutcome {
  const contender = contenders.find((candidate) => candidate.inputSetId === inputSetId);
  const version = contender === undefined ? undefined : newestOf(contender, modelId);
  if (contender === undefined || version === undefined)
    throw new RangeError('the winner must be one of the contenders');
  const { modelVersionId } = version;
  const sources = [contender.decision?.parameters ?? {}, contender.parameters];
  const { values, missing, reason } = resolveParameters(version.parameters, sources);
  if (missing.length === 0) return { inputSetId, state: 'selected', modelVersionId, parameters: values };
  return { inputSetId, state: 'held', code: 'PARAMETER_MISSING', reason, options: missing, names: {}, modelVersionId };
}

function idsWithout(all: readonly TaskContender[], some: readonly TaskContender[]): string[] {
  return all.filter((contender) => !some.includes(contender)).map(({ inputSetId }) => inputSetId);
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
