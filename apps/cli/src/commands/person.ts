/** `modelbank person`: give a person at a centre a token for DICOMweb, list who has one, take it back. */
import type { Command } from 'commander';
import { HubError } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';

interface PersonAnswer {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  /** Null: all centres. */
  readonly centreId: string | null;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

export function addPersonCommands(program: Command, setExitCode: SetExitCode): void {
  const person = program.command('person').description('people who may use DICOMweb with a token');
  addAddCommand(person, setExitCode);
  addListCommand(person, setExitCode);
  addRevokeCommand(person, setExitCode);
}

function addAddCommand(person: Command, setExitCode: SetExitCode): void {
  person
    .command('add')
    .argument('<id>', 'short id that the journal names, e.g. anna.holm')
    .requiredOption('--name <name>', "the person's name")
    .requiredOption('--role <role>', 'clinician (looks), physicist (looks and sends) or auditor')
    .option('--centre <id>', 'whose data the person sees')
    .option('--all-centres', 'an auditor sees all centres')
    .option('--days <n>', 'how long the token is good (default 90)')
    .description('give a person a token; it is printed once')
    .action(async (id: string, options: Record<string, string | boolean>, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const added = await hub.post<PersonAnswer & { token: string }>('/persons', {
        ...{ id, name: options.name, role: options.role },
        ...(options.centre === undefined ? {} : { centre: options.centre }),
        ...(options.allCentres === true ? { allCentres: true } : {}),
        ...(options.days === undefined ? {} : { days: wholeNumber(options.days) }),
      });
      const lines = [
        `token ${added.token}`,
        `good until ${localTime(added.expiresAt)}; it is shown only now`,
        'use it as: Authorization: Bearer <token>, see docs/dicomweb.md',
      ];
      output.answer(added, lines.join('\n'));
    });
}

function addListCommand(person: Command, setExitCode: SetExitCode): void {
  person
    .command('list')
    .description('who has, or had, a token')
    .action(async (_options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const persons = await (await connect()).get<PersonAnswer[]>('/persons');
      const text = table(persons, [
        { title: 'id', value: ({ id }) => id },
        { title: 'name', value: ({ name }) => name },
        { title: 'role', value: ({ role }) => role },
        { title: 'centre', value: ({ centreId }) => centreId ?? 'all' },
        { title: 'token', value: standingOf },
      ]);
      output.answer(persons, persons.length === 0 ? 'nobody; add one: bin/modelbank person add --help' : text);
    });
}

function addRevokeCommand(person: Command, setExitCode: SetExitCode): void {
  person
    .command('revoke')
    .argument('<id>', 'the person')
    .description('take a token back: it opens nothing from now on')
    .action(async (id: string, _options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      await (await connect()).post(`/persons/${encodeURIComponent(id)}/revoke`);
      output.answer({ revoked: id }, `revoked the token of ${id}`);
    });
}

function standingOf({ expiresAt, revokedAt }: PersonAnswer): string {
  if (revokedAt !== null) return `revoked ${localTime(revokedAt)}`;
  return `${new Date(expiresAt) <= new Date() ? 'expired' : 'good until'} ${localTime(expiresAt)}`;
}

function wholeNumber(text: string | boolean): number {
  const value = Number(text);
  if (Number.isInteger(value)) return value;
  throw new HubError('INVALID_REQUEST', '--days must be a whole number');
}
