/**
 * DICOMweb as docs/dicomweb.md describes it: a person gets a token on the command line, curl sends a study with a certificate,
 * and the person finds it, with what a model made of it, from the token alone.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHubAddress } from '../../apps/cli/src/hub-client';
import { BOUNDARY, multipart } from '../support/dicomweb-client';
import { MODELBANK, modelbank, runProcess } from './support/command-line';
import { until } from './support/journey-centre';
import { journeyEnvironment, newHome, removeHome } from './support/journey-hub';
import { modelVariant } from './support/model-variant';
import { writeScan } from './support/scans';

let home: string;
let work: string;
let serve: ChildProcess;
let base: string;

beforeAll(async () => {
  [home, work] = [newHome(), newHome()];
  const environment = journeyEnvironment(home, { MODELBANK_SETTLE_TIME_MS: '500' });
  serve = spawn(process.execPath, [MODELBANK, 'serve'], { env: { ...process.env, ...environment }, stdio: 'ignore' });
  const address = await until(
    () => readHubAddress(home),
    (found) => found !== null,
  );
  base = `https://localhost:${address?.dicomwebPort}/dicomweb/MODELBANK`;
}, 60_000);
afterAll(async () => {
  const ended = new Promise((resolve) => serve.once('close', resolve));
  serve.kill('SIGTERM');
  expect(await ended).toBe(0);
  [home, work].forEach(removeHome);
});

async function json<T>(...args: string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await modelbank(home, ...args, '--json');
  expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

type DicomJson = Record<string, { Value?: unknown[] }>;

/** The status and the body that curl got. */
async function curl(...args: string[]): Promise<{ status: number; body: string }> {
  const ca = join(home, 'pki', 'ca.crt');
  const { stdout } = await runProcess('curl', ['-sS', '--cacert', ca, '-w', '\n%{http_code}', ...args]);
  const at = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) };
}
const withToken = (token: string) => ['-H', `Authorization: Bearer ${token}`];

describe('DICOMweb', () => {
  it('takes a study from a machine, and shows it and its result to a person of the centre only', async () => {
    for (const id of ['odense', 'aarhus']) await json('centre', 'add', id, '--name', `Hospital ${id}`);
    const files = await json<Record<string, string>>('centre', 'cert', 'odense');
    await json('model', 'register', modelVariant(work, { id: 'bones', task: 'bones', description: 'bones' }));
    const scan = await writeScan(work, { study: 'bones' });
    const parts = await Promise.all(scan.paths.map((path) => readFile(path)));
    await writeFile(join(work, 'body'), multipart(parts));

    const stored = await curl(
      ...['--cert', files.certificatePath, '--key', files.keyPath, '--data-binary', `@${join(work, 'body')}`],
      ...['-H', `Content-Type: multipart/related; type="application/dicom"; boundary=${BOUNDARY}`, `${base}/studies`],
    );
    expect(stored.status).toBe(200);
    expect((JSON.parse(stored.body) as DicomJson)['00081199'].Value).toHaveLength(parts.length);

    const clinician = ['--role', 'clinician', '--name'];
    const anna = await json<{ token: string }>(
      'person',
      'add',
      'anna.holm',
      ...clinician,
      'Anna',
      '--centre',
      'odense',
    );
    const bo = await json<{ token: string }>('person', 'add', 'bo', ...clinician, 'Bo', '--centre', 'aarhus');
    const series = `${base}/studies/${scan.studyInstanceUid}/series`;
    const modalities = await until(
      async () => {
        const { body } = await curl(...withToken(anna.token), series);
        return (JSON.parse(body) as DicomJson[]).map((item) => item['00080060'].Value?.[0]).sort();
      },
      (found) => found.includes('RTSTRUCT'),
    );
    expect(modalities).toEqual(['CT', 'RTSTRUCT']);
    expect((await curl(...withToken(bo.token), series)).status).toBe(404);
    expect(await curl(...withToken(bo.token), `${base}/studies`)).toEqual({ status: 200, body: '[]' });
  }, 120_000);

  it('is closed again to a person whose token is taken back', async () => {
    const { token } = await json<{ token: string }>(
      ...['person', 'add', 'eva', '--name', 'Eva', '--role', 'auditor', '--all-centres', '--days', '1'],
    );
    expect((await curl(...withToken(token), `${base}/studies`)).status).toBe(200);
    const listed = (await modelbank(home, 'person', 'list')).stdout;
    expect(listed).toMatch(/eva +Eva +auditor +all +good until/);
    expect(listed).not.toContain(token);
    await json('person', 'revoke', 'eva');
    expect((await curl(...withToken(token), `${base}/studies`)).status).toBe(401);
    expect((await modelbank(home, 'person', 'list')).stdout).toMatch(/eva .*revoked/);
  }, 60_000);

  it('says on the command line what a person cannot be', async () => {
    const refused = await modelbank(
      home,
      'person',
      'add',
      'ib',
      '--name',
      'Ib',
      '--role',
      'clinician',
      '--all-centres',
    );
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('only an auditor') as string });
    const unknown = await modelbank(home, 'person', 'revoke', 'nobody');
    expect(unknown).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('modelbank person list') as string });
  });
});
