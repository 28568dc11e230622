/** Identities planted in every text element, on every way through the hub, are found in object files and results only. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { splitPart10 } from '@modelbank/dicom';
import {
  CollectingScp,
  RAW_CT,
  RawPeer,
  rawAssociateRequest,
  rawData,
  rawStoreRequest,
  readRawCommand,
} from '@modelbank/testing';
import { socketTls } from './support/certificates';
import { modelbank } from './support/command-line';
import { addDestination, enrolCentre, send, until, untilSettled } from './support/journey-centre';
import type { JourneyCentre } from './support/journey-centre';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';
import type { HubProcess } from './support/journey-hub';
import { journeyPackage } from './support/journey-package';
import { modelVariant } from './support/model-variant';
import { PLANTED, plant } from './support/planted';
import { writeScan } from './support/scans';
import type { Scan, ScanPlan } from './support/scans';

/** Every rule that reads a header, so that there is something to explain. */
const CURIOUS = {
  bodyParts: { anyOf: ['CHEST'] },
  patientPositions: ['HFS'],
  contrast: 'required',
  sex: ['F'],
  ageYears: { min: 18 },
};

let hub: HubProcess;
let centre: JourneyCentre;
let refusing: CollectingScp;
let scans: string;

beforeAll(async () => {
  hub = await startHubProcess(newHome(), { MODELBANK_LOG_LEVEL: 'trace', MODELBANK_INFERENCE_ATTEMPTS: '2' });
  scans = newHome();
  centre = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT', sendsWholeSeries: true });
  refusing = await CollectingScp.start({
    tls: { caPath: centre.server.caPath, server: centre.server as never },
    finish: () => Promise.resolve(0xc123),
  });
  await addDestination(hub, 'odense', { aeTitle: 'ARCHIVE', port: refusing.port });
  const packages = join(hub.home, 'packages');
  await hub.api.post('/models', { folder: journeyPackage(join(packages, 'works')) });
  await hub.api.post('/models', { folder: journeyPackage(join(packages, 'empty'), { id: 'empty', boneAbove: 1e6 }) });
  const curious = { id: 'curious', task: 'curious', description: 'chest', applicability: CURIOUS };
  await hub.api.post('/models', { folder: modelVariant(packages, curious) });
  const hungry = { id: 'hungry', task: 'hungry', description: '.*', limits: { timeoutSeconds: 60, memoryMiB: 64 } };
  await hub.api.post('/models', { folder: modelVariant(packages, hungry) });
}, 60_000);
afterAll(async () => {
  await refusing.server.close();
  await hub.stop();
  [hub.home, scans].forEach(removeHome);
});

async function plantedScan(plan: ScanPlan): Promise<Scan> {
  const scan = await writeScan(scans, plan);
  scan.paths.forEach((path) => plant(path));
  return scan;
}

/** C-STORE of these bytes under that UID; the status. */
async function storeRaw(dataSet: Buffer, sopInstanceUid: string): Promise<number | undefined> {
  const peer = await RawPeer.connect(hub.dimsePort, await socketTls(centre.client));
  peer.send(rawAssociateRequest({ callingAeTitle: 'ODENSE_CT', maximumLength: 65_536 }));
  await peer.next();
  peer.send(rawData(RAW_CT.id, 0x03, rawStoreRequest(sopInstanceUid)));
  for (let at = 0; at < dataSet.length; at += 60_000) {
    const isLast = at + 60_000 >= dataSet.length;
    peer.send(rawData(RAW_CT.id, isLast ? 0x02 : 0x00, dataSet.subarray(at, at + 60_000)));
  }
  const answer = await peer.next();
  peer.close();
  return answer === 'closed' ? undefined : readRawCommand(answer.bytes).status;
}

function dataSetOf(path: string): Buffer {
  const bytes = readFileSync(path);
  return bytes.subarray(splitPart10(bytes).dataSetOffset);
}

/** Everything that happened to the person, the refused instance under a taken UID included; the CT that was kept. */
async function allThatCanHappen(): Promise<Scan> {
  const whole = await plantedScan({ study: 'whole' });
  expect(await send(hub, centre, whole.paths)).toMatchObject(whole.paths.map(() => ({ status: { code: 0 } })));
  const gap = await plantedScan({ study: 'gap', slice: (k) => (k === 4 ? null : {}) });
  await send(hub, centre, gap.paths);
  const broken = dataSetOf((await plantedScan({ study: 'broken' })).paths[0]);
  expect(await storeRaw(broken.subarray(0, broken.length / 2), '1.2.3.4')).toBe(0xc000);
  expect(await storeRaw(broken.subarray(0, 700), '1.2.3.4')).toBe(0xc000);
  expect(await storeRaw(broken, '1.2.3.4')).toBe(0xa900);
  plant(whole.paths[0], 'changed');
  expect(await send(hub, centre, whole.paths.slice(0, 1))).toMatchObject([{ status: { code: 0x0111 } }]);
  const progress = await untilSettled(hub, whole.studyInstanceUid, 'odense');
  const jobs = progress.series[0].inputSets[0].tasks.flatMap((task) => task.jobs);
  expect(jobs.map(({ state }) => state).sort()).toEqual(['built', 'failed', 'held']);
  expect(jobs.map(({ code }) => code)).toContain('INFERENCE_OUT_OF_MEMORY');
  expect(jobs.flatMap(({ results }) => results).flatMap(({ deliveries }) => deliveries)).toMatchObject([
    { state: 'parked' },
  ]);
  await loseNetworks(await plantedScan({ study: 'lost' }));
  return whole;
}

/** The networks vanish from the registered packages: no job can run any more. */
async function loseNetworks(scan: Scan): Promise<void> {
  const files = readdirSync(hub.home, { recursive: true, withFileTypes: true });
  const networks = files.filter(({ name, parentPath }) => name === 'model.onnx' && !parentPath.includes('packages'));
  expect(networks.length).toBeGreaterThan(0);
  networks.forEach(({ parentPath, name }) => rmSync(join(parentPath, name)));
  await send(hub, centre, scan.paths);
  const progress = await untilSettled(hub, scan.studyInstanceUid, 'odense');
  const states = progress.series[0].inputSets[0].tasks.flatMap(({ jobs }) => jobs.map(({ state }) => state));
  expect(new Set(states)).toEqual(new Set(['failed']));
}

async function apiAnswers(scan: Scan): Promise<string[]> {
  const ids = async (path: string) => (await hub.api.get<{ id: string }[]>(path)).map(({ id }) => `${path}/${id}`);
  const paths = [
    '/centres',
    '/models',
    '/dead-letters',
    '/senders',
    '/journal?limit=1000',
    '/series',
    `/series/${scan.seriesInstanceUid}`,
    `/series/${scan.seriesInstanceUid}/explanation`,
    `/studies/${scan.studyInstanceUid}/progress`,
    ...['/jobs', '/held', '/results'],
    ...(await ids('/jobs')),
    ...(await ids('/held')),
    ...(await ids('/results')),
  ];
  expect(paths.length).toBeGreaterThan(14);
  return Promise.all(paths.map(async (path) => JSON.stringify(await hub.api.get<unknown>(path))));
}

async function commandAnswers(scan: Scan): Promise<string[]> {
  const [{ id: held }] = await hub.api.get<{ id: string }[]>('/held');
  const [{ id: result }] = await hub.api.get<{ id: string }[]>('/results');
  const [{ id: job }] = await hub.api.get<{ id: string }[]>('/jobs');
  const commands = [
    ['jobs'],
    ['jobs', job],
    ['held', 'list'],
    ['held', 'show', held],
    ['explain', scan.seriesInstanceUid],
    ['results', 'list'],
    ['results', 'get', result, '--out', join(scans, 'out')],
    ['submit', join(scans, 'whole'), '--centre', 'odense', '--wait'],
    ['submit', join(scans, 'broken'), '--centre', 'odense', '--ae', 'ODENSE_XX'],
  ];
  const answers: string[] = [];
  for (const command of commands) {
    const { stdout, stderr } = await modelbank(hub.home, ...command);
    expect(`${stdout}${stderr}`.length).toBeGreaterThan(20);
    answers.push(stdout, stderr);
  }
  return answers;
}

/** Every value of every row, bytes as text. */
function databaseRows(): { readonly tables: string[]; readonly rows: string[] } {
  const database = new Database(join(hub.home, 'modelbank.sqlite'), { readonly: true });
  try {
    const names = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all() as string[];
    const rows = names.flatMap((name) => database.prepare(`SELECT * FROM "${name}"`).raw().all() as unknown[][]);
    const text = (value: unknown) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value));
    return { tables: names, rows: rows.map((row) => row.map(text).join('\n')) };
  } finally {
    database.close();
  }
}

it('leaves no trace of a person outside the objects, whatever happens to their scan', async () => {
  const scan = await allThatCanHappen();
  const told = [...(await apiAnswers(scan)), ...(await commandAnswers(scan)), await metrics()];
  told.forEach((answer) => expect(answer).not.toMatch(PLANTED));
  await until(
    () => Promise.resolve(hub.output()),
    (output) => output.includes('an association ended'),
  );
  expect(hub.output().length).toBeGreaterThan(5000);
  expect(hub.output()).not.toMatch(PLANTED);
  const { tables, rows } = databaseRows();
  expect(tables).toEqual(expect.arrayContaining(['outbox_message', 'journal_entry', 'held_item', 'instance', 'job']));
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.some((row) => row.includes(scan.studyInstanceUid))).toBe(true);
  expect(rows.filter((row) => PLANTED.test(row))).toEqual([]);

  const files = readdirSync(hub.home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const holding = files
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ path: relative(hub.home, path), text: readFileSync(path).toString('latin1') }))
    .filter(({ path, text }) => PLANTED.test(path) || PLANTED.test(text))
    .map(({ path }) => path);
  // that they are found there shows that the search works
  expect(holding.filter((path) => path.startsWith('objects/instances/'))).toHaveLength(30);
  expect(holding.filter((path) => path.startsWith('objects/results/'))).toHaveLength(1);
  expect(holding.filter((path) => !/^objects\/(instances|results)\//.test(path))).toEqual([]);
  expect(holding.filter((path) => PLANTED.test(path))).toEqual([]);
}, 120_000);

async function metrics(): Promise<string> {
  const token = readFileSync(join(hub.home, 'operator.token'), 'utf8').trim();
  const answer = await fetch(`${hub.api.baseUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  expect(text).toContain('modelbank_intake_instances_total');
  return text;
}
