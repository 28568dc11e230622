/** The commands of README.md as a new user types them: what they print, what they write, and exit codes that scripts can trust. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStructureSet } from '@modelbank/structures';
import { dciodvfyComplaints, DCIODVFY, freePort, hasTool } from '@modelbank/testing';
import { readHubAddress } from '../../apps/cli/src/hub-client';
import { MODELBANK, modelbank } from './support/command-line';
import type { CommandResult } from './support/command-line';
import { until } from './support/journey-centre';
import { newHome, removeHome } from './support/journey-hub';
import { modelVariant } from './support/model-variant';
import { writeScan } from './support/scans';
import type { Scan, ScanPlan } from './support/scans';

const FREE_PORTS = {
  MODELBANK_HTTP_PORT: '0',
  MODELBANK_DIMSE_PORT: '0',
  MODELBANK_DICOMWEB_PORT: '0',
  MODELBANK_SWEEP_EVERY_MS: '100',
};
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

let home: string;
let work: string;
let serve: ChildProcess;
let served: Promise<number | null>;

beforeAll(async () => {
  [home, work] = [newHome(), newHome()];
  const early = await modelbank(home, 'jobs');
  expect(early).toMatchObject({ exitCode: 8, stdout: '', stderr: expect.stringContaining('bin/modelbank serve') });
  serve = spawn(process.execPath, [MODELBANK, 'serve'], {
    env: { ...process.env, ...FREE_PORTS, MODELBANK_HOME: home },
    stdio: 'ignore',
  });
  served = new Promise((resolve) => serve.once('close', resolve));
  await until(
    () => readHubAddress(home),
    (address) => address !== null,
  );
}, 60_000);
afterAll(async () => {
  serve.kill('SIGTERM');
  expect(await served).toBe(0);
  [home, work].forEach(removeHome);
});

const run = (...args: string[]): Promise<CommandResult> => modelbank(home, ...args);

/** stdout of a command that must succeed. */
async function text(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(...args);
  expect({ args, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ args, exitCode: 0, stderr: '' });
  return stdout;
}

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse(await text(...args, '--json')) as T;
}

/** A command that must fail: its code on stderr, with what to do; the same as JSON with --json. */
async function failure(exitCode: number, code: string, advice: RegExp | null, ...args: string[]): Promise<void> {
  const plain = await run(...args);
  expect({ args, exitCode: plain.exitCode, stdout: plain.stdout }).toEqual({ args, exitCode, stdout: '' });
  expect(plain.stderr).toMatch(new RegExp(`^${code}: .{10,}`, 'm'));
  if (advice !== null) expect(plain.stderr).toMatch(advice);
  const asJson = await run(...args, '--json');
  expect(asJson.exitCode).toBe(exitCode);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code } });
}

const scan = (plan: ScanPlan): Promise<Scan> => writeScan(work, plan);
const folderOf = (study: string) => join(work, study);

describe('enrol a centre, register a model', () => {
  it('makes the centre, its certificate and its destination, and lists them', async () => {
    const added = await text('centre', 'add', 'odense', '--name', 'Odense University Hospital', '--ae', 'ODENSE_CT');
    expect(added).toMatch(/next: bin\/modelbank centre cert odense/);
    await text('centre', 'ae', 'odense', 'ODENSE_WS', '--sends-whole-series');
    const certificate = await json<Record<string, string>>('centre', 'cert', 'odense');
    expect(readFileSync(certificate.certificatePath, 'utf8')).toContain('BEGIN CERTIFICATE');
    const port = String(await freePort());
    const destination = await text(
      ...['centre', 'destination', 'odense', '--ae', 'ODENSE_TPS', '--host', '127.0.0.1', '--port', port],
    );
    expect(destination).toMatch(new RegExp(`ODENSE_TPS@127.0.0.1:${port} \\(TLS, test\\) ${UUID.source}`));
    expect(await text('centre', 'list')).toMatch(/odense +Odense University Hospital/);
    const shown = await text('centre', 'list', 'odense');
    for (const part of ['ODENSE_CT', 'ODENSE_WS', certificate.fingerprintSha256, 'ODENSE_TPS']) {
      expect(shown).toContain(part);
    }
    expect(await json('centre', 'list', 'odense')).toMatchObject({ id: 'odense', callingAes: [{}, {}] });
  }, 60_000);

  it('changes and removes an AE title and a destination, and renews a certificate that was revoked', async () => {
    const added = await json('centre', 'add', 'vejle', '--name', 'Vejle', '--ae', 'VEJLE_CT', '--settle-seconds', '5');
    expect(added).toMatchObject({ callingAes: [{ aeTitle: 'VEJLE_CT', settleTimeMs: 5000, sendsWholeSeries: false }] });
    expect(await text('centre', 'ae', 'vejle', 'VEJLE_CT', '--sends-whole-series')).toMatch(/VEJLE_CT .*at release/);
    expect(await text('centre', 'ae', 'vejle', 'VEJLE_CT', '--remove')).not.toContain('VEJLE_CT');
    const receiver = ['--ae', 'VEJLE_TPS', '--host', '127.0.0.1', '--port', '11112', '--kind', 'clinical'];
    const destination = await text('centre', 'destination', 'vejle', ...receiver);
    expect(destination).toMatch(/until the release policy/);
    const [id] = UUID.exec(destination) ?? [];
    await text('centre', 'destination', 'vejle', '--remove', String(id));
    expect(await text('centre', 'list', 'vejle')).toMatch(/VEJLE_TPS.*removed/);
    const first = await json<Record<string, string>>('centre', 'cert', 'vejle');
    expect(readFileSync(first.serverKeyPath, 'utf8')).toContain('PRIVATE KEY');
    await text('centre', 'cert', 'vejle', '--revoke', first.fingerprintSha256);
    const second = await json<Record<string, string>>('centre', 'cert', 'vejle');
    expect(second.fingerprintSha256).not.toBe(first.fingerprintSha256);
    expect(second.certificatePath).toBe(first.certificatePath);
  }, 60_000);

  it('offers storage commitment to a gateway, and takes it back', async () => {
    await text('centre', 'ae', 'odense', 'ODENSE_GW');
    const address = ['--host', '127.0.0.1', '--port', '11113'];
    expect(await text('centre', 'commitment', 'odense')).toMatch(/no AE of this centre/);
    expect(await text('centre', 'commitment', 'odense', 'ODENSE_GW', ...address)).toMatch(
      /ODENSE_GW +127.0.0.1:11113 \(TLS\)/,
    );
    await failure(4, 'NOT_FOUND', null, 'centre', 'commitment', 'odense', 'NOBODY', ...address);
    await failure(2, 'INVALID_REQUEST', /--remove/, 'centre', 'commitment', 'odense', 'ODENSE_GW');
    expect(await json('centre', 'commitment', 'odense', 'ODENSE_GW', '--remove')).toEqual([]);
  }, 60_000);

  it('registers, lists and shows a package, and says where a broken one is wrong', async () => {
    const folder = modelVariant(work, { id: 'bones', task: 'bones', description: '(bones|gap)' });
    expect(await text('model', 'register', folder)).toMatch(/registered bones 1\.0\.0\ndigest [0-9a-f]{64}/);
    expect(await text('model', 'register', folder)).toMatch(/^unchanged, /);
    expect(await text('model', 'list')).toMatch(/bones +1\.0\.0 +bones +registered/);
    expect(await json('model', 'show', 'bones', '1.0.0')).toMatchObject({ modelId: 'bones', version: '1.0.0' });
    const manifest = join(folder, 'model.yaml');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('modalities:', 'modality:'));
    await failure(2, 'MANIFEST_INVALID', /line \d+: .*modality/, 'model', 'register', folder);
    await failure(2, 'PACKAGE_INVALID', /->/, 'model', 'register', join(work, 'nowhere'));
  }, 60_000);

  it('finds nothing wrong with the installation but a receiver that does not answer', async () => {
    const { exitCode, stdout } = await run('doctor', '--json');
    expect(exitCode).toBe(1);
    const findings = JSON.parse(stdout) as { check: string; ok: boolean }[];
    // nobody listens at the destination yet, and the revoked certificate of vejle was replaced
    const wrong = findings.filter(({ check, ok }) => !ok && check !== 'disk');
    expect(wrong).toMatchObject([{ check: 'destination of odense', observed: expect.stringMatching(/no answer$/) }]);
    expect(await text('pki', 'vejle')).toMatch(/vejle: .*client\.crt/);
  }, 60_000);
});

describe('send a scan', () => {
  it('waits, tells the journey, and fetches a valid RTSTRUCT with its ROI table', async () => {
    await scan({ study: 'bones' });
    const out = join(work, 'results');
    const { exitCode, stdout, stderr } = await run(
      ...['submit', folderOf('bones'), '--centre', 'odense', '--ae', 'ODENSE_WS', '--wait', '--out', out],
    );
    expect(stderr).toMatch(/intake +10 instances stored/);
    expect(stderr).toMatch(/results +RTSTRUCT .* built and checked/);
    // nobody listens at the destination yet: the result is fetched, its delivery is tried again
    expect(stderr).toMatch(/delivery +not taken yet \(PEER_UNREACHABLE\); the hub tries again by itself/);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ROI +volume \(ml\)[^]*External +\d+\.\d[^]*not approved/);
    const [file, ...others] = readdirSync(out);
    expect(others).toEqual([]);
    expect(stdout).toContain(join(out, file));
    const [job] = await json<{ id: string; status: string; resultIds: string[] }[]>('jobs');
    expect(job.status).toBe('delivering');
    expect(await text('jobs', job.id)).toMatch(/delivery +.* to destination \(ODENSE_TPS\) .*waiting, \d+ attempt/);
    expect(await text('jobs')).toContain(job.resultIds[0]);
    expect(await text('results', 'list')).toMatch(/RTSTRUCT +built +External Bone/);
    const fetched = await text('results', 'get', job.resultIds[0], '--out', out);
    expect(fetched).toMatch(/ROI +volume \(ml\)[^]*External +\d+\.\d[^]*not approved/);
    const bytes = readFileSync(join(out, file));
    expect(readStructureSet(bytes).rois.map(({ name }) => name)).toEqual(['External', 'Bone']);
    if (hasTool(DCIODVFY)) expect(dciodvfyComplaints(bytes).filter((line) => line.startsWith('Error'))).toEqual([]);
  }, 60_000);

  it('explains, and ends with 6 where nothing came of it', async () => {
    const { seriesInstanceUid } = await scan({ study: 'unknown' });
    const nothing = await run('submit', folderOf('unknown'), '--centre', 'odense', '--ae', 'ODENSE_WS', '--wait');
    expect(nothing.exitCode).toBe(6);
    expect(nothing.stdout).toMatch(new RegExp(`no result; why: bin/modelbank explain ${seriesInstanceUid}`));
    const explained = await text('explain', seriesInstanceUid);
    expect(explained).toMatch(/bones 1\.0\.0: does not apply/);
    expect(explained).toMatch(/NO +inputs\.ct\.applicability\.descriptions/);
    expect(explained).toMatch(/nearest misses:/);
    expect(await json('explain', seriesInstanceUid)).toMatchObject([{ inputSets: [{ outcome: 'notApplicable' }] }]);
    expect(await text('series', '--centre', 'odense', '--state', 'complete')).toMatch(
      new RegExp(`^${seriesInstanceUid} +odense +CT +10 +complete `, 'm'),
    );
    expect(await text('series', '--state', 'held')).toBe('no series\n');
  }, 60_000);

  it('says that a mammogram is kept and assembled by no stage', async () => {
    const kind = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.2', Modality: 'MG' };
    const { seriesInstanceUid } = await scan({ study: 'mammogram', attributes: kind });
    const nothing = await run('submit', folderOf('mammogram'), '--centre', 'odense', '--ae', 'ODENSE_WS', '--wait');
    expect(nothing).toMatchObject({
      exitCode: 6,
      stdout: expect.stringMatching(/10 instances are kept, but no stage/),
    });
    await failure(4, 'NOT_FOUND', /Only CT/, 'explain', seriesInstanceUid);
  }, 60_000);

  it('names the files that were refused, also when all were', async () => {
    const { paths } = await scan({ study: 'refused', slice: (k) => (k < 2 ? {} : null) });
    const broken = join(folderOf('refused'), 'broken.dcm');
    writeFileSync(broken, Buffer.concat([Buffer.alloc(128), Buffer.from('DICMbroken')]));
    const some = await run('submit', folderOf('refused'), '--centre', 'odense', '--ae', 'ODENSE_WS');
    expect(some).toMatchObject({ exitCode: 8, stderr: expect.stringContaining(`refused ${broken}: `) });
    const all = await run('submit', broken, '--centre', 'odense', '--json');
    expect(JSON.parse(all.stdout)).toMatchObject({ error: {}, refused: [{ path: broken, code: expect.any(String) }] });
    expect(all.exitCode).not.toBe(0);
    expect(paths).toHaveLength(2);
  }, 60_000);

  it('shows what is held, and carries out what a person says', async () => {
    await scan({ study: 'gap', slice: (k) => (k === 4 ? null : {}) });
    await scan({ study: 'gap', series: 'second', slice: (k) => (k === 5 ? null : {}) });
    const sent = await run('submit', folderOf('gap'), '--centre', 'odense', '--ae', 'ODENSE_WS', '--wait', '--json');
    expect(sent.exitCode).toBe(6);
    expect(JSON.parse(sent.stdout)).toMatchObject({ accepted: 18, results: [] });
    expect(await text('held', 'list')).toMatch(/GAP/);
    const [first, second] = await json<{ id: string }[]>('held', 'list');
    expect(await text('held', 'show', first.id)).toMatch(/GAP: 1 slice is missing in 1 place/);
    expect(await text('held', 'discard', first.id, '--why', 'sent again')).toContain('discarded');
    expect(await text('held', 'release', second.id, '--why', 'looked at it', '--who', 'N. Physicist')).toContain(
      'released',
    );
    await failure(5, 'CONFLICT', null, 'held', 'release', second.id, '--why', 'again');
    await until(
      () => json<unknown[]>('jobs'),
      (jobs) => jobs.length === 2,
    );
    expect(await text('held', 'list')).toBe('nothing is held\n');
  }, 60_000);
});

describe('what goes wrong', () => {
  it.each<[string, number, string, RegExp | null, string[]]>([
    ['a centre that is not there', 4, 'NOT_FOUND', /centre list/, ['centre', 'list', 'nobody']],
    ['a job that is not there', 4, 'NOT_FOUND', /modelbank jobs/, ['jobs', 'nothing']],
    ['a held item that is not there', 4, 'NOT_FOUND', /held list/, ['held', 'show', 'nothing']],
    ['a result that is not there', 4, 'NOT_FOUND', /results list/, ['results', 'get', 'nothing']],
    ['a series that is not there', 4, 'NOT_FOUND', /modelbank series/, ['explain', '1.2.3']],
    ['no UID', 2, 'UID_INVALID', null, ['explain', 'abc']],
    ['a state that is none', 2, 'INVALID_REQUEST', null, ['jobs', '--state', 'wrong']],
    ['a centre twice', 5, 'CONFLICT', null, ['centre', 'add', 'odense', '--name', 'X']],
    ['no DICOM', 2, 'NOT_DICOM', /a folder with the CT/, ['submit', MODELBANK, '--centre', 'odense']],
  ])('%s', async (_what, exitCode, code, advice, args) => {
    await failure(exitCode, code, advice, ...args);
  });

  it.each([[['frobnicate']], [['submit']], [['held', 'release', '1']], [['jobs', '--wrong']]])(
    'wrong usage %j',
    async (args) => {
      const { exitCode, stderr } = await run(...args);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^error: .*\n\(add --help for the options\)/m);
    },
  );

  it('a called AE title that the hub has not, and a token that is not valid', async () => {
    const called = ['submit', folderOf('bones'), '--centre', 'odense', '--called', 'NOWHERE'];
    await failure(8, 'PEER_REJECTED', /--called/, ...called);
    const other = join(work, 'other-home');
    mkdirSync(other);
    writeFileSync(join(other, 'hub.json'), readFileSync(join(home, 'hub.json')));
    writeFileSync(join(other, 'operator.token'), 'x'.repeat(43));
    const refused = await modelbank(other, 'jobs');
    expect(refused).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/^UNAUTHENTICATED: [^]*operator.token/),
    });
  });

  it('--help names every command', async () => {
    const help = await text('--help');
    for (const command of 'serve centre person model submit jobs series held explain results doctor pki'.split(' ')) {
      expect(help).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    }
  });
});
