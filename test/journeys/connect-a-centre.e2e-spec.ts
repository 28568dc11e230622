/** docs/connect-a-centre.md as its reader follows it: every marked command and both stunnel files, with real dcmtk and stunnel. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@modelbank/platform';
import { ListeningTool, TOOLS, freePort, hasTool, runTool } from '@modelbank/testing';
import { modelbank, runProcess } from './support/command-line';
import type { CommandResult } from './support/command-line';
import { documentBlocks, withNames } from './support/document-blocks';
import { until, untilSettled } from './support/journey-centre';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';
import type { HubProcess } from './support/journey-hub';
import { journeyPackage } from './support/journey-package';
import { writeScan } from './support/scans';

/** Many processes on a busy machine. */
jest.setTimeout(120_000);

const STUNNEL = '/usr/bin/stunnel4';
const BLOCKS = documentBlocks(join(repositoryRoot(), 'docs/connect-a-centre.md'));
const hasPeers = [TOOLS.storescu, TOOLS.echoscu, TOOLS.storescp, STUNNEL, '/usr/bin/openssl'].every(hasTool);
if (!hasPeers) process.stderr.write('skipped: dcmtk, stunnel4 or openssl is not installed\n');
const journey = hasPeers ? it : it.skip;

let hub: HubProcess;
let work: string;
let names: Record<string, string>;
let ports: { tunnel: number; tlsReceiver: number; plainReceiver: number };
const listening: ListeningTool[] = [];

beforeAll(async () => {
  if (!hasPeers) return;
  hub = await startHubProcess(newHome());
  work = newHome();
  ports = { tunnel: await freePort(), tlsReceiver: await freePort(), plainReceiver: await freePort() };
  names = {
    '/etc/modelbank': join(work, 'etc'),
    '.modelbank/pki': join(hub.home, 'pki'),
    'pacs.odense.example.dk': 'localhost',
    'hub.example.dk': 'localhost',
    '10.20.30.40:2762': `127.0.0.1:${ports.tlsReceiver}`,
    '127.0.0.1:104\n': `127.0.0.1:${ports.plainReceiver}\n`,
    '127.0.0.1:11104': `127.0.0.1:${ports.tunnel}`,
    '127.0.0.1 11104': `127.0.0.1 ${ports.tunnel}`,
    '--port 2762': `--port ${ports.tlsReceiver}`,
    '11112': String(hub.dimsePort),
    'path/to/ct': join(work, 'ct'),
  };
}, 60_000);
afterAll(async () => {
  if (!hasPeers) return;
  for (const tool of listening) await tool.stop();
  await hub.stop();
  [hub.home, work].forEach(removeHome);
});

function block(name: string): string {
  const text = BLOCKS.get(name);
  if (text === undefined) throw new Error(`the document has no block ${name}`);
  return withNames(text, names);
}

const run = (name: string): Promise<CommandResult> =>
  runProcess('/bin/bash', ['-e', '-o', 'pipefail', '-c', block(name)], { MODELBANK_HOME: hub.home });

/** The output of a block that must succeed. */
async function done(name: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(name);
  expect({ name, exitCode, stderr: exitCode === 0 ? '' : stderr + stdout }).toEqual({ name, exitCode: 0, stderr: '' });
  return stdout + stderr;
}

async function stunnel(name: string, port: number): Promise<ListeningTool> {
  const path = join(work, `${name}.conf`);
  writeFileSync(path, block(name));
  const tool = await ListeningTool.start(STUNNEL, [path], port);
  listening.push(tool);
  return tool;
}

async function plainReceiver(folder: string): Promise<void> {
  mkdirSync(folder);
  const options = ['-aet', 'ODENSE_TPS', '-od', folder, String(ports.plainReceiver)];
  listening.push(await ListeningTool.start(TOOLS.storescp, options, ports.plainReceiver));
}

describe('docs/connect-a-centre.md', () => {
  journey('orders, signs and hands over certificates', async () => {
    for (const name of ['request', 'request-server', 'sign']) await done(name);
    expect(await done('give')).toContain('odense.crt: OK');
  });

  journey('lists a sender that tries before it is enrolled, and says what to do', async () => {
    const { exitCode, stderr } = await run('echo');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('Calling AE Title Not Recognized');
    expect(await done('senders')).toMatch(
      /ODENSE_CT +MODELBANK +O=Odense University Hospital, CN=odense +its certificate/,
    );
  });

  journey('enrols the centre, answers its first C-ECHO, and has nobody on the list any more', async () => {
    await done('enrol');
    expect(await done('echo')).toContain('Received Echo Response (Success)');
    expect(await done('senders')).toContain('nobody was refused');
  });

  journey('takes a plain C-ECHO through the stunnel of the sender', async () => {
    await stunnel('stunnel-send', ports.tunnel);
    expect(await done('stunnel-echo')).toContain('Received Echo Response (Success)');
  });

  journey('names a receiver behind stunnel, and lets nobody but the hub in there', async () => {
    const tunnel = await stunnel('stunnel-receive', ports.tlsReceiver);
    const received = join(work, 'received');
    await plainReceiver(received);
    expect(await done('destination')).toMatch(/ODENSE_TPS@localhost:\d+ answers/);
    const own = ['+tls', join(work, 'etc/odense.key'), join(work, 'etc/odense.crt'), '+cf', join(work, 'etc/ca.crt')];
    const stranger = await runTool(TOOLS.echoscu, [
      ...own,
      '-aec',
      'ODENSE_TPS',
      'localhost',
      String(ports.tlsReceiver),
    ]);
    expect(stranger.exitCode).not.toBe(0);
    expect(tunnel.output).toContain('Rejected by CERT');
  });

  journey(
    'brings a CT in through the one stunnel, and its result out through the other',
    async () => {
      await hub.api.post('/models', { folder: journeyPackage(join(work, 'package')) });
      const scan = await writeScan(work, { study: 'ct' });
      const titles = ['-aet', 'ODENSE_CT', '-aec', 'MODELBANK', '+sd', '+r'];
      const sent = await runTool(TOOLS.storescu, [...titles, '127.0.0.1', String(ports.tunnel), join(work, 'ct')]);
      expect(sent).toMatchObject({ exitCode: 0 });
      await untilSettled(hub, scan.studyInstanceUid, 'odense');
      const received = await until(
        () => Promise.resolve(readdirSync(join(work, 'received'))),
        (files) => files.length > 0,
      );
      expect(received).toEqual([expect.stringMatching(/^RS\./)]);
      // the same CT again, over TLS of its own: acknowledged as a duplicate
      expect(await done('send')).toContain('Received Store Response (Success)');
    },
    120_000,
  );

  journey('receives over TLS without stunnel', async () => {
    const port = await freePort();
    const text = block('receive').replace(/ 2762\n$/, ` ${port}\n`);
    listening.push(await ListeningTool.start('/bin/bash', ['-c', text.replace('storescp', 'exec storescp')], port));
    const pin = ['--pin', await fingerprint('odense-server')];
    const target = ['--ae', 'ODENSE_TPS', '--host', 'localhost', '--port', String(port)];
    const answer = await modelbankJson<{ id: string }>('centre', 'destination', 'odense', ...target, ...pin);
    const echoed = await modelbankJson('centre', 'echo', 'odense', '--destination', answer.id);
    expect(echoed).toMatchObject([{ answered: true }]);
  });

  journey('renews and revokes: the new certificate goes on, the old one is refused', async () => {
    await done('renew');
    expect(await done('echo')).toContain('Success');
    await done('revoke');
    expect((await run('echo')).stderr).toContain('Calling AE Title Not Recognized');
    names['odense.key'] = 'odense-2.key';
    names['odense.crt'] = 'odense-2.crt';
    expect(await done('echo')).toContain('Success');
  });

  journey('shows, enrols and dismisses senders, and shuts a centre out', async () => {
    names['-aet ODENSE_CT'] = '-aet ODENSE_NEW';
    expect((await run('echo')).exitCode).not.toBe(0);
    const [{ id }] = await modelbankJson<{ id: string }[]>('senders', 'list');
    const shown = await command('senders', 'show', id);
    expect(shown.stdout).toMatch(/calling AE +ODENSE_NEW[^]*BEGIN CERTIFICATE/);
    expect((await command('senders', 'enrol', id, '--centre', 'odense')).stderr).toContain('add --ae');
    expect((await command('senders', 'enrol', id, '--centre', 'odense', '--ae')).exitCode).toBe(0);
    expect(await done('echo')).toContain('Success');
    names['-aet ODENSE_CT'] = '-aet ODENSE_OTHER';
    await run('echo');
    const others = await modelbankJson<{ id: string; code: string }[]>('senders', 'list');
    expect(others.map(({ code }) => code)).toEqual(['AE_TITLE_MISMATCH', 'CERTIFICATE_REVOKED']);
    for (const other of others) {
      expect((await command('senders', 'dismiss', other.id)).stdout).toContain('dismissed');
    }
    expect(await done('senders')).toContain('nobody was refused');
    const { revoked } = await modelbankJson<{ revoked: string[] }>('centre', 'cert', 'odense', '--revoke', 'all');
    expect(revoked).toHaveLength(1);
    names['-aet ODENSE_CT'] = '-aet ODENSE_NEW';
    expect((await run('echo')).stderr).toContain('Calling AE Title Not Recognized');
  });
});

async function fingerprint(name: string): Promise<string> {
  const path = join(work, 'etc', `${name}.crt`);
  const { output } = await runTool('/usr/bin/openssl', ['x509', '-in', path, '-noout', '-fingerprint', '-sha256']);
  return output.trim().split('=')[1];
}

const command = (...args: readonly string[]): Promise<CommandResult> => modelbank(hub.home, ...args);

async function modelbankJson<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse((await command(...args, '--json')).stdout) as T;
}
