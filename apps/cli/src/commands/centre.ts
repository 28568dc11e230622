/** `modelbank centre`: enrol a centre, bind certificates and AE titles to it, say where its results go. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { HubError } from '@modelbank/contracts';
import { contextOf } from '../context';
import type { SetExitCode } from '../context';
import { localTime } from '../output/format';
import { table } from '../output/table';
import { centreText } from './centre-text';
import type { CentreAnswer } from './centre-text';
import { developmentCertificate } from './development-certificate';

export function addCentreCommands(program: Command, setExitCode: SetExitCode): void {
  const centre = program.command('centre').description('enrol centres: AE titles, certificates, destinations');
  addAddCommand(centre, setExitCode);
  addListCommand(centre, setExitCode);
  addAeCommand(centre, setExitCode);
  addCertCommand(centre, setExitCode);
  addDestinationCommand(centre, setExitCode);
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
      });
      if (options.ae !== undefined)
        await hub.post(`/centres/${id}/calling-aes`, callingAeOf(String(options.ae), options));
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
    ...(options.sendsWholeSeries === true ? { sendsWholeSeries: true } : {}),
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
    .description('add a calling AE title to a centre')
    .action(async (id: string, title: string, options: Record<string, string | boolean>, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const answer = await hub.post<CentreAnswer>(`/centres/${id}/calling-aes`, callingAeOf(title, options));
      output.answer(answer, centreText(answer));
    });
}

function addCertCommand(centre: Command, setExitCode: SetExitCode): void {
  centre
    .command('cert')
    .argument('<id>', 'the centre')
    .option('--pem <file>', "enrol this certificate (the centre's own); without it a development certificate is made")
    .option('--revoke <fingerprint>', 'revoke a certificate: live associations are cut')
    .description('enrol or revoke a certificate of a centre')
    .action(async (id: string, options: { pem?: string; revoke?: string }, command: Command) => {
      const { connect, output, home } = contextOf(command, setExitCode);
      const hub = await connect();
      if (options.revoke !== undefined) {
        await hub.post(`/centres/${id}/certificates/${encodeURIComponent(options.revoke)}/revoke`);
        output.answer({ revoked: options.revoke }, `revoked ${options.revoke}`);
        return;
      }
      const files = options.pem === undefined ? await developmentCertificate(home, id) : null;
      const pem = await readPem(options.pem ?? files!.certificatePath);
      const enrolled = await hub.post<{ fingerprintSha256: string; notAfter: string }>(`/centres/${id}/certificates`, {
        pem,
      });
      const lines = [`enrolled ${enrolled.fingerprintSha256}`, `valid until ${localTime(enrolled.notAfter)}`];
      if (files !== null) {
        lines.push(
          `certificate ${files.certificatePath}`,
          `key         ${files.keyPath}`,
          `CA          ${files.caPath}`,
        );
      }
      output.answer({ ...enrolled, ...files }, lines.join('\n'));
    });
}

async function readPem(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new HubError('INVALID_REQUEST', `cannot read ${path}`, { cause });
  });
}

function addDestinationCommand(centre: Command, setExitCode: SetExitCode): void {
  centre
    .command('destination')
    .argument('<id>', 'the centre')
    .requiredOption('--ae <title>', 'called AE title of the receiver')
    .requiredOption('--host <host>', 'its host')
    .requiredOption('--port <port>', 'its port')
    .option('--name <name>', 'what people call it', 'destination')
    .option('--kind <kind>', 'test or clinical', 'test')
    .option('--no-tls', 'plain DICOM (only inside a machine or a tunnel)')
    .option('--pin <fingerprint>', "SHA-256 of the receiver's certificate; without it the hub's CA alone is trusted")
    .option('--holes <how>', 'how holes are written: xor or keyhole', 'xor')
    .description("say where a centre's results go")
    .action(async (id: string, options: Record<string, string | boolean>, command: Command) => {
      const { connect, output } = contextOf(command, setExitCode);
      const hub = await connect();
      const answer = await hub.post<{ id: string }>(`/centres/${id}/destinations`, {
        name: options.name,
        aeTitle: options.ae,
        host: options.host,
        port: Number(options.port),
        tls: options.tls !== false,
        kind: options.kind,
        holes: options.holes,
        ...(options.pin === undefined ? {} : { pinnedFingerprintSha256: options.pin }),
      });
      const peer = `${String(options.ae)}@${String(options.host)}:${String(options.port)}`;
      const how = `${options.tls === false ? 'plain' : 'TLS'}, ${String(options.kind)}`;
      output.answer(answer, `destination ${peer} (${how}) ${answer.id}`);
    });
}
