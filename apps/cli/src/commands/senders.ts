/** `modelbank senders`: who knocked and was not let in, why, and what to do about it. */
import type { Command } from 'commander';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';

export interface SenderAnswer {
  readonly id: string;
  readonly code: string;
  readonly why: string;
  readonly whatToDo: string;
  readonly callingAeTitle: string | null;
  readonly calledAeTitle: string | null;
  readonly remoteAddress: string;
  readonly centreId: string | null;
  readonly fingerprintSha256: string | null;
  readonly serialNumber: string | null;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  readonly attempts: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly pem?: string | null;
}

export function addSendersCommands(program: Command, setExitCode: SetExitCode): void {
  const senders = program.command('senders').description('who knocked and was not let in: look, enrol, dismiss');
  addListCommand(senders, setExitCode);
  addShowCommand(senders, setExitCode);
  addEnrolCommand(senders, setExitCode);
  addDismissCommand(senders, setExitCode);
}

function addListCommand(senders: Command, setExitCode: SetExitCode): void {
  senders
    .command('list')
    .option('--limit <n>', 'at most this many', '100')
    .description('list them, the one seen last first')
    .action(async ({ limit }: { limit: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const answer = await (await connect()).get<SenderAnswer[]>(`/senders?limit=${encodeURIComponent(limit)}`);
      const text = table(answer, [
        { title: 'sender', value: ({ id }) => id },
        { title: 'seen', value: ({ lastSeenAt }) => localTime(lastSeenAt) },
        { title: 'times', value: ({ attempts }) => attempts, align: 'right' },
        { title: 'from', value: ({ remoteAddress }) => remoteAddress },
        { title: 'calling', value: ({ callingAeTitle }) => callingAeTitle },
        { title: 'called', value: ({ calledAeTitle }) => calledAeTitle },
        { title: 'certificate', value: ({ subject }) => subject },
        { title: 'refused because', value: ({ why }) => why },
      ]);
      output.answer(
        answer,
        answer.length === 0 ? 'nobody was refused' : `${text}\nmore: modelbank senders show SENDER`,
      );
    });
}

function addShowCommand(senders: Command, setExitCode: SetExitCode): void {
  senders
    .command('show')
    .argument('<id>', 'the sender')
    .description('show one with its certificate, and what would let it in')
    .action(async (id: string, _options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const sender = await (await connect()).get<SenderAnswer>(`/senders/${encodeURIComponent(id)}`);
      output.answer(sender, senderText(sender));
    });
}

function addEnrolCommand(senders: Command, setExitCode: SetExitCode): void {
  senders
    .command('enrol')
    .argument('<id>', 'the sender')
    .requiredOption('--centre <id>', 'the centre that it belongs to')
    .option('--ae', 'add its calling AE title to the centre too')
    .option('--who <name>', 'who decides (default: the user of this shell)')
    .description('add its certificate to a centre: it is let in from now on')
    .action(async (id: string, options: { centre: string; ae?: boolean; who?: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const body = { centreId: options.centre, callingAe: options.ae === true, who: options.who ?? userName() };
      await (await connect()).post(`/senders/${encodeURIComponent(id)}/enrol`, body);
      const what = body.callingAe ? 'certificate and AE title' : 'certificate';
      output.answer({ id, ...body }, `${id}: ${what} enrolled with ${options.centre}`);
    });
}

function addDismissCommand(senders: Command, setExitCode: SetExitCode): void {
  senders
    .command('dismiss')
    .argument('<id>', 'the sender')
    .option('--who <name>', 'who decides (default: the user of this shell)')
    .description('take it off the list, until it tries again')
    .action(async (id: string, { who = userName() }: { who?: string }, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      await (await connect()).post(`/senders/${encodeURIComponent(id)}/dismiss`, { who });
      output.answer({ id, dismissed: true }, `${id}: dismissed`);
    });
}

function userName(): string {
  return process.env.USER ?? 'operator';
}

/** For people: every fact on a line, the advice last. */
export function senderText(sender: SenderAnswer): string {
  const times = sender.attempts === 1 ? 'once' : `${sender.attempts} times`;
  const validity = `valid ${localTime(sender.notBefore)} to ${localTime(sender.notAfter)}`;
  const certificate = [
    `certificate  ${sender.subject ?? '-'}, ${validity}`,
    `  issuer     ${sender.issuer ?? '-'}`,
    `  serial     ${sender.serialNumber ?? '-'}`,
    `  SHA-256    ${sender.fingerprintSha256 ?? '-'}`,
  ];
  return [
    `from         ${sender.remoteAddress}, ${times}, first ${localTime(sender.firstSeenAt)}, last ${localTime(sender.lastSeenAt)}`,
    `calling AE   ${sender.callingAeTitle ?? '-'}`,
    `called AE    ${sender.calledAeTitle ?? '-'}`,
    ...(sender.fingerprintSha256 === null ? ['certificate  none was seen'] : certificate),
    ...(sender.centreId === null ? [] : [`centre       ${sender.centreId}`]),
    `refused      ${sender.why} (${sender.code})`,
    `what to do   ${sender.whatToDo}`,
    ...(sender.pem ? [sender.pem.trimEnd()] : []),
  ].join('\n');
}
