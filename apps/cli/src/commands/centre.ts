/** `modelbank centre`: enrol a centre, bind certificates and AE titles to it, say where its results go. */
import type { Command } from 'commander';
import { HubError } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';
import { addCertCommand } from './centre-cert';
import { addEchoCommand } from './centre-echo';
import { addCommitmentCommand } from './centre-commitment';
import { addDestinationCommand } from './centre-destination';
import { centreText } from './centre-text';
import type { CentreAnswer } from './centre-text';

export function addCentreCommands(program: Command, setExitCode: SetExitCode): void {
  const centre = program.command('centre').description('enrol centres: AE titles, certificates, destinations');
  addAddCommand(centre, setExitCode);
  addListCommand(centre, setExitCode);
  addAeCommand(centre, setExitCode);
  addCertCommand(centre, setExitCode);
  addDestinationCommand(centre, setExitCode);
  addEchoCommand(centre, setExitCode);
  addCommitmentCommand(centre, setExitCode);
}

function addAddCommand(centre: Command, setExitCode: SetExitCode): void {
  centre
    .command('add')
    .argument('<id>', 'short id, e.g. odense')
    .requiredOption('--name <name>', "the centre's name")
    .option('--legal-entity <name>', 'legal entity it belongs to')
    .option('--valid-from <date>', 'first day of the legal entity (ISO date)', '2020-01-01')
    .option('--valid-to <date>', 'its last day, where it is known')
    .option('--ae <title>', 'a calling AE title of the centre')
    .option('--settle-seconds <n>', 'a series is complete after this silence (default 90)')
    .option('--sends-whole-series', 'a series is complete when its association is released')
    .description('enrol a centre')
    .action(async (id: string, options: Record<string, string | boolean>, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      await hub.post('/centres', {
        id,
        name: options.name,
        ...(options.legalEntity === undefined ? {} : { legalEntity: legalEntityOf(options) }),
        ...(options.ae === undefined ? {} : { callingAe: callingAeOf(String(options.ae), options) }),
      });
      const answer = await hub.get<CentreAnswer>(`/centres/${id}`);
      output.answer(answer, `${centreText(answer)}\nnext: bin/modelbank centre cert ${id}`);
    });
}

function legalEntityOf(options: Record<string, string | boolean>) {
  const instant = (day: string | boolean) => (/^\d{4}-\d{2}-\d{2}$/.test(String(day)) ? `${day}T00:00:00Z` : day);
  return {
    name: options.legalEntity,
    validFrom: instant(options.validFrom),
    ...(options.validTo === undefined ? {} : { validTo: instant(options.validTo) }),
  };
}

function callingAeOf(aeTitle: string, options: Record<string, string | boolean>) {
  const settleSeconds = options.settleSeconds === undefined ? undefined : Number(options.settleSeconds);
  if (settleSeconds !== undefined && !(settleSeconds > 0)) {
    throw new HubError('INVALID_REQUEST', '--settle-seconds must be a number above 0');
  }
  return {
    aeTitle,
    ...(settleSeconds === undefined ? {} : { settleTimeMs: Math.round(settleSeconds * 1000) }),
    ...(options.sendsWholeSeries === undefined ? {} : { sendsWholeSeries: options.sendsWholeSeries === true }),
  };
}

function addListCommand(centre: Command, setExitCode: SetExitCode): void {
  centre
    .command('list')
    .argument('[id]', 'one centre with all that is bound to it')
    .description('list centres')
    .action(async (id: string | undefined, _options, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      if (id !== undefined) {
        const answer = await hub.get<CentreAnswer>(`/centres/${encodeURIComponent(id)}`);
        output.answer(answer, centreText(answer));
        return;
      }
      const centres = await hub.get<{ id: string; name: string; createdAt: string }[]>('/centres');
      const text = table(centres, [
        { title: 'id', value: (row) => row.id },
        { title: 'name', value: (row) => row.name },
        { title: 'enrolled', value: (row) => localTime(row.createdAt) },
      ]);
      output.answer(centres, centres.length === 0 ? 'no centres; add one: bin/modelbank centre add --help' : text);
    });
}

function addAeCommand(centre: Command, setExitCode: SetExitCode): void {
  centre
    .command('ae')
    .argument('<id>', 'the centre')
    .argument('<title>', 'calling AE title')
    .option('--settle-seconds <n>', 'a series is complete after this silence (default 90)')
    .option('--sends-whole-series', 'a series is complete when its association is released')
    .option('--no-sends-whole-series', 'it is complete after the silence')
    .option('--remove', 'take the AE title from the centre')
    .description('add a calling AE title to a centre, or change the settings of one that it has')
    .action(async (id: string, title: string, options: Record<string, string | boolean>, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const path = `/centres/${encodeURIComponent(id)}/calling-aes`;
      if (options.remove === true) await hub.delete(`${path}/${encodeURIComponent(title)}`);
      else await hub.post(path, callingAeOf(title, options));
      const answer = await hub.get<CentreAnswer>(`/centres/${encodeURIComponent(id)}`);
      output.answer(answer, centreText(answer));
    });
}
