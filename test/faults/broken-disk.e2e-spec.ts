/** A disk that answers EIO, and one that takes seconds: 0xA700 or patience, never a lie, and nobody else is held up. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { echoPeer } from '@modelbank/dimse';
import { itWhen } from '@modelbank/testing';
import { enrolCentre, send, until } from '../journeys/support/journey-centre';
import type { JourneyCentre } from '../journeys/support/journey-centre';
import { newHome, removeHome, startHubProcess } from '../journeys/support/journey-hub';
import type { HubProcess } from '../journeys/support/journey-hub';
import { writeSlice } from '../support/ct-slices';
import { HAS_COMPILER, WHY_NO_SHIM, brokenDisk } from './support/broken-disk';
import type { BrokenDisk } from './support/broken-disk';
import { answers, whatIsKept } from './support/kept';

/** Real processes on a busy machine. */
jest.setTimeout(90_000);

const itShims = itWhen(HAS_COMPILER, WHY_NO_SHIM);
/** More than the threads of the process that wait for disks. */
const SENDERS = 6;

let work: string;
let home: string;
let disk: BrokenDisk;
let hub: HubProcess;
let centre: JourneyCentre;

beforeEach(async () => {
  if (!HAS_COMPILER) return;
  work = newHome();
  home = join(work, 'home');
  mkdirSync(home);
  disk = brokenDisk(work, home);
  // the shortest silence that the hub may be told to endure: its own work must not count
  const idle = { MODELBANK_DIMSE_IDLE_TIMEOUT_MS: '1000' };
  hub = await startHubProcess(home, { ...idle, ...disk.environment });
  centre = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT' });
});

afterEach(async () => {
  if (!HAS_COMPILER) return;
  await hub.stop();
  removeHome(work);
});

async function store(k: number): Promise<string> {
  const { path } = await writeSlice(work, { seed: 'broken', k });
  return answers(await send(hub, centre, [path]))[0];
}

itShims('a disk that answers EIO is told as 0xA700, turns senders away, and is tried until it works', async () => {
  const storage = () => hub.api.get<{ condition: string }>('/storage');
  expect(await store(0)).toBe('0000');
  disk.fail();
  const { path } = await writeSlice(work, { seed: 'broken', k: 1 });
  const another = await writeSlice(work, { seed: 'broken', k: 2 });
  expect(answers(await send(hub, centre, [path, another.path]))).toContain('A700');
  await until(storage, ({ condition }) => condition === 'failed');
  expect(await store(1)).toBe('2/3/1');
  disk.recover();
  await until(storage, ({ condition }) => condition === 'ok');
  expect(await store(1)).toBe('0000');
  const kept = whatIsKept(home);
  expect(kept).toMatchObject({ broken: [], orphans: [], parts: [] });
  expect(kept.rows).toHaveLength(2);
});

itShims('a disk that takes seconds holds up who writes to it, ends nobody for it, and answers others', async () => {
  disk.takeFor(1500);
  const sending = Promise.all(Array.from({ length: SENDERS }, (_, k) => store(k)));
  await delay(500);
  const [ca, cert, key] = [centre.client.caPath, centre.client.certPath, centre.client.keyPath].map((path) =>
    readFileSync(path),
  );
  await echoPeer({
    ...{ host: '127.0.0.1', port: hub.dimsePort, tls: { ca, cert, key } },
    ...{ callingAeTitle: 'ODENSE_CT', calledAeTitle: 'MODELBANK' },
    timeouts: { connectMs: 1000, associateMs: 1000, responseMs: 1000 },
  });
  expect(await Promise.race([sending.then(() => 'done'), delay(0).then(() => 'waiting')])).toBe('waiting');
  expect(await sending).toEqual(Array(SENDERS).fill('0000'));
  disk.recover();
  expect(await store(SENDERS)).toBe('0000');
  const kept = whatIsKept(home);
  expect(kept).toMatchObject({ broken: [], orphans: [], parts: [] });
  expect(kept.rows).toHaveLength(SENDERS + 1);
  expect(hub.output()).not.toContain('"code":"timeout"');
});
