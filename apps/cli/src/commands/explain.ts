/** `modelbank explain SERIES`: every registered version against every criterion, with what was observed. */
import type { Command } from 'commander';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { table } from '../output/table';

interface Criterion {
  readonly criterion: string;
  readonly required: string;
  readonly observed: string;
  readonly outcome: 'met' | 'notMet' | 'unknown';
}

interface ExplainedInputSet {
  readonly revision: number;
  readonly state: string;
  readonly purpose: string;
  readonly outcome: string;
  readonly imageFacts: Readonly<Record<string, number>> | null;
  readonly held: { readonly code: string; readonly reason: string } | null;
  readonly tasks: readonly {
    readonly task: string;
    readonly state: string;
    readonly stateCode: string | null;
    readonly modelId: string | null;
    readonly version: string | null;
    readonly held: { readonly id: string; readonly code: string; readonly reason: string } | null;
  }[];
  readonly candidates: readonly {
    readonly modelId: string;
    readonly version: string;
    readonly applies: boolean;
    readonly criteria: readonly Criterion[];
    readonly release: { readonly allowed: boolean; readonly row: string; readonly reason: string } | null;
  }[];
  readonly nearestMisses: readonly {
    readonly modelId: string;
    readonly version: string;
    readonly missed: readonly Criterion[];
  }[];
}

export interface ExplanationAnswer {
  readonly seriesInstanceUid: string;
  readonly centreId: string;
  readonly state: string;
  readonly stateCode: string | null;
  readonly inputSets: readonly ExplainedInputSet[];
}

const MARKS = { met: 'yes', notMet: 'NO', unknown: '?' } as const;

export function addExplainCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('explain')
    .argument('<series>', 'Series Instance UID')
    .option('--centre <id>', 'the centre that sent it')
    .description('why which model did or did not run on a series')
    .action(async (series: string, options: { centre?: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();

      const found = await hub.get<ExplanationAnswer[]>(`/series/${encodeURIComponent(series)}/explanation`);
      const answers = found.filter(({ centreId }) => options.centre === undefined || centreId === options.centre);
      output.answer(answers, answers.map(explanationText).join('\n\n'));
    });
}

export function explanationText(answer: ExplanationAnswer): string {
  const heading = `series ${answer.seriesInstanceUid} of ${answer.centreId}: ${answer.state}${
    answer.stateCode === null ? '' : ` (${answer.stateCode})`
  }`;
  if (answer.inputSets.length === 0) return `${heading}\nno input set was made of it, so no model was weighed`;
  return [heading, ...answer.inputSets.slice(0, 1).flatMap(inputSetLines)].join('\n');
}

function inputSetLines(inputSet: ExplainedInputSet): string[] {
  const { revision, state, purpose, outcome, imageFacts, held, tasks, candidates, nearestMisses } = inputSet;
  return [
    `revision ${revision}, ${state}, purpose ${purpose}: ${outcome}`,
    ...(held === null ? [] : [`held: ${held.code}: ${held.reason}`]),
    ...(imageFacts === null ? [] : [`measured: ${factsText(imageFacts)}`]),
    ...tasks.flatMap(taskLines),
    ...candidates.flatMap(candidateLines),
    ...(nearestMisses.length === 0 ? [] : ['\nnearest misses:']),
    ...nearestMisses
      .slice(0, 5)
      .map(({ modelId, version, missed }) => `  ${modelId} ${version}: ${missed.map(missText).join('; ')}`),
  ];
}

function taskLines(task: ExplainedInputSet['tasks'][number]): string[] {
  const model = task.modelId === null ? '' : ` ${task.modelId} ${task.version ?? ''}`;
  const code = task.stateCode === null ? '' : ` (${task.stateCode})`;
  const line = `task ${task.task}:${model} ${task.state}${code}`;
  return task.held === null ? [line] : [line, `  held ${task.held.id}: ${task.held.reason}`];
}

function candidateLines({
  modelId,
  version,
  applies,
  criteria,
  release,
}: ExplainedInputSet['candidates'][number]): string[] {
  const rows = table(criteria, [
    { title: '', value: ({ outcome }) => MARKS[outcome] },
    { title: 'criterion', value: ({ criterion }) => criterion },
    { title: 'required', value: ({ required }) => required },
    { title: 'observed', value: ({ observed }) => observed },
  ]);
  const policy = release === null ? [] : [`  release policy row ${release.row}: ${release.reason}`];
  return [`\n${modelId} ${version}: ${applies ? 'applies' : 'does not apply'}`, rows, ...policy];
}

function factsText(facts: Readonly<Record<string, number>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
    .join(', ');
}

function missText({ criterion, required, observed }: Criterion): string {
  return `${criterion.split('.').slice(-1)[0]}: observed ${observed}, required ${required}`;
}
