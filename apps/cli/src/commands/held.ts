/** `modelbank held`: what waits for a person, and the person's word on it. */
import type { Command } from 'commander';
import { HubError } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';
import { decisionLines } from './held-decisions';

interface HeldAnswer {
  readonly id: string;
  readonly centreId: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly code: string;
  readonly reason: string;
  readonly details: Record<string, unknown> | null;
  readonly state: string;
  readonly heldAt: string;
}

export function addHeldCommands(program: Command, setExitCode: SetExitCode): void {
  const held = program.command('held').description('what waits for a person: look, release, discard');
  addListCommand(held, setExitCode);
  addShowCommand(held, setExitCode);
  addDecisionCommand(held, 'release', 'let a held item go on', setExitCode);
  addDecisionCommand(held, 'discard', 'end a held item: it will not be used', setExitCode);
}

function addListCommand(held: Command, setExitCode: SetExitCode): void {
  held
    .command('list')
    .option('--centre <id>', 'only items of this centre')
    .description('list what is held, newest first')
    .action(async (options: { centre?: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const items = await hub.get<HeldAnswer[]>(
        `/held${options.centre === undefined ? '' : `?centre=${options.centre}`}`,
      );
      const text = table(items, [
        { title: 'held item', value: ({ id }) => id },
        { title: 'centre', value: ({ centreId }) => centreId },
        { title: 'kind', value: ({ kind }) => kind },
        { title: 'since', value: ({ heldAt }) => localTime(heldAt) },
        { title: 'why', value: ({ code, reason }) => `${code}: ${reason}` },
      ]);
      output.answer(items, items.length === 0 ? 'nothing is held' : text);
    });
}

function addShowCommand(held: Command, setExitCode: SetExitCode): void {
  held
    .command('show')
    .argument('<id>', 'the held item')
    .description('show one item with its details')
    .action(async (id: string, _options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const item = await hub.get<HeldAnswer>(`/held/${encodeURIComponent(id)}`);
      const lines = [
        `${item.kind} ${item.subjectId} of ${item.centreId}: ${item.state} since ${localTime(item.heldAt)}`,
        `${item.code}: ${item.reason}`,
        ...(item.details === null ? [] : [JSON.stringify(item.details, null, 2)]),
        ...decisionLines(item),
      ];
      output.answer(item, lines.join('\n'));
    });
}

interface DecisionOptions {
  readonly who?: string;
  readonly why: string;
  readonly choose?: string;
  readonly parameter?: readonly string[];
}

function addDecisionCommand(
  held: Command,
  verb: 'release' | 'discard',
  description: string,
  setExitCode: SetExitCode,
): void {
  const decision = held
    .command(verb)
    .argument('<id>', 'the held item')
    .requiredOption('--why <reason>', 'why; goes to the journal')
    .option('--who <name>', 'who decides (default: the user of this shell)')
    .description(description);
  if (verb === 'release') {
    decision
      .option('--choose <id>', 'model version id or input set id, where several claim a task')
      .option('--parameter <name=value...>', 'a value that was missing');
  }
  decision.action(async (id: string, options: DecisionOptions, command: Command) => {
    const { connect, output } = contextOf(command, setExitCode);
    const hub = await connect();
    const parameters = parametersOf(options.parameter ?? []);
    await hub.post(`/held/${encodeURIComponent(id)}/${verb}`, {
      who: options.who ?? process.env.USER ?? 'operator',
      why: options.why,
      ...(options.choose === undefined ? {} : { choose: options.choose }),
      ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    });
    output.answer({ id, decision: verb }, `${id}: ${verb === 'release' ? 'released' : 'discarded'}`);
  });
}

/** `side=left dose=50 boost=true` with numbers and flags as such. */
export function parametersOf(pairs: readonly string[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (!pair.includes('=') || name === '') {
        throw new HubError('INVALID_REQUEST', '--parameter takes name=value');
      }
      if (value === 'true' || value === 'false') return [name, value === 'true'];
      return [name, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  );
}
