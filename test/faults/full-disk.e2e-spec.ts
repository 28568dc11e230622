/** Promise 1 on a disk that fills (PS3.4 B.2.3, PS3.8 9.3.4): refused in time, nothing half-written, well again by itself. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { itWhen, runStorescu } from '@modelbank/testing';
import { openAssociation, readStoreOperation } from '@modelbank/dimse';
import { addDestination, enrolCentre, send, until, untilSettled } from '../journeys/support/journey-centre';
import type { JourneyCentre } from '../journeys/support/journey-centre';
import { phantomFiles } from '../journeys/support/journey-data';
import { newHome, removeHome, startHubProcess } from '../journeys/support/journey-hub';
import type { HubProcess } from '../journeys/support/journey-hub';
import { SMALL_CHEST, journeyPackage } from '../journeys/support/journey-package';
import { startReceiver } from '../journeys/support/receiver';
import type { Mood, Receiver } from '../journeys/support/receiver';
import { CT_IMAGE_STORAGE, writeSlice } from '../support/ct-slices';
import { answers, whatIsKept } from './support/kept';
import { MAY_MOUNT, WHY_NOT, objectsOnTmpfs } from './support/private-disks';

/** Real processes on a busy machine. */
jest.setTimeout(90_000);

const MIB = 1024 * 1024;
const itMounts = itWhen(MAY_MOUNT, WHY_NOT);
/** Lines for a disk of 64 MiB; in the second test there are none, so that the disk itself says no. */
const LINES = {
  MODELBANK_STORAGE_MAX_USED_PERCENT: '90',
  MODELBANK_STORAGE_RESERVE_FREE_BYTES: String(2 * MIB),
};

let work: string;
let hub: HubProcess;
let centre: JourneyCentre;
let receiver: Receiver | undefined;

async function start(environment: NodeJS.ProcessEnv): Promise<void> {
  work = newHome();
  const home = join(work, 'home');
  mkdirSync(home);
  hub = await startHubProcess(home, environment, objectsOnTmpfs(home, 64));
  centre = await enrolCentre({ ...hub, home }, { id: 'odense', aeTitle: 'ODENSE_CT', sendsWholeSeries: true });
}

afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
  await hub.stop();
  removeHome(work);
});

const filler = (mebibytes: number) =>
  writeFileSync(join(hub.home, 'objects', 'filler'), Buffer.alloc(mebibytes * MIB, 1));
const makeRoom = () => rmSync(join(hub.home, 'objects', 'filler'));
const slice = (seed: string, k: number, side = 64) => writeSlice(work, { seed, k, side });
const storage = () => hub.api.get<{ condition: string; reason: string | null }>('/storage');
const pressureEntries = () =>
  hub.api
    .get<{ kind: string; text: string }[]>('/journal?limit=1000')
    .then((all) => all.filter(({ kind }) => kind.startsWith('storage.')).map(({ kind }) => kind));

itMounts('past the watermark nobody may begin, who has begun goes on, and results still leave', async () => {
  await start(LINES);
  let mood: Mood = 'refuse';
  receiver = await startReceiver(centre.server, () => mood);
  await addDestination(hub, 'odense', { aeTitle: 'ARCHIVE', port: receiver.port });
  await hub.api.post('/models', { folder: journeyPackage(join(work, 'package')) });
  const ct = await phantomFiles(join(work, 'ct'), 'pressure', SMALL_CHEST);
  expect(new Set(answers(await send(hub, centre, ct.paths)))).toEqual(new Set(['0000']));
  const [ca, cert, key] = [centre.client.caPath, centre.client.certPath, centre.client.keyPath].map((path) =>
    readFileSync(path),
  );
  const begun = await openAssociation({
    ...{ host: '127.0.0.1', port: hub.dimsePort, tls: { ca, cert, key } },
    ...{ callingAeTitle: 'ODENSE_CT', calledAeTitle: 'MODELBANK' },
    presentationContexts: [{ sopClassUid: CT_IMAGE_STORAGE, transferSyntaxUid: '1.2.840.10008.1.2.1' }],
  });
  filler(59);
  await until(storage, ({ condition }) => condition === 'full');
  const late = await slice('late', 0);
  const told = await runStorescu(
    { port: hub.dimsePort, callingAeTitle: 'ODENSE_CT', calledAeTitle: 'MODELBANK', tls: centre.client },
    [late.path],
  );
  expect(told.output).toMatch(/Temporary Congestion/i);
  expect(told.exitCode).not.toBe(0);
  const during = await slice('during', 0);
  expect((await begun.store(await readStoreOperation(during.path))).code).toBe(0);
  filler(62);
  await until(storage, ({ reason }) => /9[6-9]\.\d %|100\.0 %/.test(reason ?? ''));
  const refused = await slice('during', 1);
  expect((await begun.store(await readStoreOperation(refused.path))).code).toBe(0xa700);
  await begun.release();
  mood = 'store';
  await untilSettled(hub, ct.studyInstanceUid, 'odense', 30_000);
  expect(receiver.structureSetsOf(ct.seriesInstanceUid)).toHaveLength(1);
  const health = await fetch(`${hub.api.baseUrl}/health`);
  expect([health.status, await health.json()]).toEqual([200, { status: 'degraded', storage: 'full' }]);
  makeRoom();
  await until(storage, ({ condition }) => condition === 'ok');
  expect(answers(await send(hub, centre, [late.path, refused.path]))).toEqual(['0000', '0000']);
  await until(pressureEntries, (kinds) => kinds.includes('storage.pressureEnded'));
  expect(await pressureEntries()).toEqual(['storage.pressureEnded', 'storage.pressureBegan']);
  const kept = whatIsKept(hub.home);
  expect(kept).toMatchObject({ broken: [], orphans: [], parts: [] });
  expect(kept.rows).toHaveLength(SMALL_CHEST.slices + 3);
  await receiver.close();
});

itMounts('a disk that fills in the middle of a write costs that instance and nothing else', async () => {
  await start({});
  filler(40);
  const small = [await slice('small', 0), await slice('small', 1)];
  const large = await slice('large', 0, 4000);
  expect(large.dataSet.length).toBeGreaterThan(30 * MIB);
  const paths = [small[0].path, large.path, small[1].path];
  expect(answers(await send(hub, centre, paths))).toEqual(['0000', 'A700', '0000']);
  const uids = small.map(({ sopInstanceUid }) => String(sopInstanceUid)).sort();
  expect(whatIsKept(hub.home)).toEqual({ rows: uids, broken: [], orphans: [], parts: [] });
  makeRoom();
  await until(storage, ({ condition }) => condition === 'ok');
  expect(answers(await send(hub, centre, [large.path]))).toEqual(['0000']);
  expect(whatIsKept(hub.home)).toMatchObject({ broken: [], orphans: [], parts: [] });
  expect(whatIsKept(hub.home).rows).toHaveLength(3);
});
