/** `modelbank retention`: how long what is kept, what is due, what was deleted, and a sweep on demand. */
import type { Command } from 'commander';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';
import { addRulesCommand } from './retention-rules';
import { RULE_COLUMNS } from './retention-rules';
import type { RuleAnswer } from './retention-rules';

interface Standing {
  readonly rules: readonly RuleAnswer[];
  readonly deletedObjects: number;
  readonly deletedBytes: number;
  readonly pendingObjects: number;
}

interface Due {
  readonly centreId: string;
  readonly seriesInstanceUid: string;
  readonly instances: number;
  readonly bytes: number;
  readonly rule: string;
  readonly days: number;
  readonly protocolId: string | null;
  readonly countedFrom: string;
}

interface Deletion {
  readonly subjectId: string;
  readonly centreId: string;
  readonly sopInstanceUid: string;
  readonly sizeBytes: number;
  readonly rule: string;
  readonly days: number;
  readonly protocolId: string | null;
  readonly receivedAt: string;
  readonly deletedAt: string | null;
}

export function addRetentionCommands(program: Command, setExitCode: SetExitCode): void {
  const retention = program.command('retention').description('how long images are kept, and what was deleted');
  addShowCommand(retention, setExitCode);
  addRunCommand(retention, setExitCode);
  addRulesCommand(retention, setExitCode);
  addDeletedCommand(retention, setExitCode);
}

function addShowCommand(retention: Command, setExitCode: SetExitCode): void {
  retention
    .command('show')
    .description('the rules, and how much they have deleted')
    .action(async (_options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const standing = await (await connect()).get<Standing>('/retention');
      const { deletedObjects, deletedBytes, pendingObjects, rules } = standing;
      const lines = [
        table(rules, RULE_COLUMNS),
        `deleted so far: ${deletedObjects} objects, ${mebibytes(deletedBytes)}`,
        ...(pendingObjects === 0 ? [] : [`decided on, and not removed yet: ${pendingObjects} objects`]),
      ];
      output.answer(standing, lines.join('\n'));
    });
}

function addRunCommand(retention: Command, setExitCode: SetExitCode): void {
  retention
    .command('run')
    .option('--dry-run', 'only tell what is due')
    .description('delete what is due now, instead of at the next sweep')
    .action(async ({ dryRun }: { dryRun?: boolean }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      if (dryRun === true) {
        const due = await hub.get<Due[]>('/retention/due');
        output.answer(due, due.length === 0 ? 'nothing is due' : dueText(due));
        return;
      }
      const swept = await hub.post<{ decided: number; removed: number }>('/retention/run');
      output.answer(swept, `deleted: ${swept.removed} objects`);
    });
}

function dueText(due: readonly Due[]): string {
  return table(due, [
    { title: 'centre', value: ({ centreId }) => centreId },
    { title: 'series', value: ({ seriesInstanceUid }) => seriesInstanceUid },
    { title: 'instances', value: ({ instances }) => String(instances) },
    { title: 'size', value: ({ bytes }) => mebibytes(bytes) },
    { title: 'rule', value: ({ rule, days }) => `${rule}, ${days} days` },
    { title: 'protocol', value: ({ protocolId }) => protocolId },
    { title: 'counted from', value: ({ countedFrom }) => localTime(countedFrom) },
  ]);
}

function addDeletedCommand(retention: Command, setExitCode: SetExitCode): void {
  retention
    .command('deleted')
    .option('--centre <id>', 'only of this centre')
    .option('--limit <n>', 'at most this many', '50')
    .description('the record of what was deleted, newest first')
    .action(async (options: { centre?: string; limit: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const query = new URLSearchParams({ limit: options.limit });
      if (options.centre !== undefined) query.set('centre', options.centre);
      const deletions = await (await connect()).get<Deletion[]>(`/retention/deletions?${query.toString()}`);
      const text = table(deletions, [
        { title: 'deleted', value: ({ deletedAt }) => (deletedAt === null ? 'not yet' : localTime(deletedAt)) },
        { title: 'centre', value: ({ centreId }) => centreId },
        { title: 'instance', value: ({ sopInstanceUid }) => sopInstanceUid },
        { title: 'bytes', value: ({ sizeBytes }) => String(sizeBytes) },
        { title: 'rule', value: ({ rule, days }) => `${rule}, ${days} days` },
        { title: 'protocol', value: ({ protocolId }) => protocolId },
        { title: 'received', value: ({ receivedAt }) => localTime(receivedAt) },
      ]);
      output.answer(deletions, deletions.length === 0 ? 'nothing was deleted' : text);
    });
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
