/** `modelbank journal` and `modelbank dead-letters`: what happened, and what the hub could not process. */
import type { Command } from 'commander';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';

interface JournalEntry {
  readonly at: string;
  readonly kind: string;
  readonly centreId: string | null;
  readonly actor: string;
  readonly text: string;
}

interface DeadLetter {
  readonly id: string;
  readonly queue: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly deadAt: string | null;
}

export function addJournalCommands(program: Command, setExitCode: SetExitCode): void {
  program
    .command('journal')
    .option('--centre <id>', 'only entries of this centre')
    .option('--kind <noun.verb>', 'only entries of this kind, e.g. association.rejected')
    .option('--limit <n>', 'at most this many', '50')
    .description('what happened, newest first')
    .action(async (options: Record<string, string>, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const query = new URLSearchParams({ limit: options.limit });
      if (options.centre !== undefined) query.set('centre', options.centre);
      if (options.kind !== undefined) query.set('kind', options.kind);
      const entries = await (await connect()).get<JournalEntry[]>(`/journal?${query.toString()}`);
      const text = table(entries, [
        { title: 'when', value: ({ at }) => localTime(at) },
        { title: 'what', value: ({ kind }) => kind },
        { title: 'centre', value: ({ centreId }) => centreId },
        { title: 'who', value: ({ actor }) => actor.slice(0, 16) },
        { title: 'in words', value: (entry) => entry.text },
      ]);
      output.answer(entries, entries.length === 0 ? 'no entries' : text);
    });
  addDeadLetters(program, setExitCode);
}

function addDeadLetters(program: Command, setExitCode: SetExitCode): void {
  program
    .command('dead-letters')
    .option('--revive <id>', 'try this message again')
    .description('messages between stages that no attempt could process')
    .action(async (options: { revive?: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      if (options.revive !== undefined) {
        await hub.post(`/dead-letters/${encodeURIComponent(options.revive)}/revive`);
        output.answer({ revived: options.revive }, `${options.revive}: is tried again`);
        return;
      }
      const letters = await hub.get<DeadLetter[]>('/dead-letters');
      const text = table(letters, [
        { title: 'message', value: ({ id }) => id },
        { title: 'queue', value: ({ queue }) => queue },
        { title: 'attempts', value: ({ attempts }) => attempts, align: 'right' },
        { title: 'since', value: ({ deadAt }) => localTime(deadAt) },
        { title: 'why', value: ({ lastError }) => lastError },
      ]);
      output.answer(letters, letters.length === 0 ? 'no dead letters' : text);
    });
}
