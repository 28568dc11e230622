/** A database that another process has locked, and one whose disk is full: 0xA700, and everything else goes on. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { echoPeer } from '@modelbank/dimse';
import { itWhen } from '@modelbank/testing';
import { enrolCentre, send, until } from '../journeys/support/journey-centre';
import type { JourneyCentre } from '../journeys/support/journey-centre';
import { newHome, removeHome, startHubProcess } from '../journeys/support/journey-hub';
import type { HubProcess } from '../journeys/support/journey-hub';
import { writeSlice } from '../support/ct-slices';
import { answers, whatIsKept } from './support/kept';
import { MAY_MOUNT, WHY_NOT, homeOnTmpfs } from './support/private-disks';
import type { PrivateDisks } from './support/private-disks';

/** Real processes on a busy machine. */
jest.setTimeout(90_000);

const itMounts = itWhen(MAY_MOUNT, WHY_NOT);

let work: string;
let hub: HubProcess;
let centre: JourneyCentre;

async function start(disksOf?: (home: string) => PrivateDisks): Promise<void> {
  work = newHome();
  const home = join(work, 'home');
  mkdirSync(home);
  const before = await startHubProcess(home);
  centre = await enrolCentre(before, { id: 'odense', aeTitle: 'ODENSE_CT' });
  await before.stop();
  // the objects get a disk of their own, which has no marker yet
  for (const name of ['objects', 'objects.id']) if (disksOf) rmSync(join(home, name), { recursive: true });
  const disks = disksOf?.(home);
  hub = await startHubProcess(home, {}, disks);
}

afterEach(async () => {
  await hub.stop();
  removeHome(work);
});

async function store(...numbers: number[]): Promise<string[]> {
  const slices = await Promise.all(numbers.map((k) => writeSlice(work, { seed: 'database', k })));
  return answers(
    await send(
      hub,
      centre,
      slices.map(({ path }) => path),
    ),
  );
}

async function echo(): Promise<void> {
  const [ca, cert, key] = [centre.client.caPath, centre.client.certPath, centre.client.keyPath].map((path) =>
    readFileSync(path),
  );
  await echoPeer({
    ...{ host: '127.0.0.1', port: hub.dimsePort, tls: { ca, cert, key } },
    ...{ callingAeTitle: 'ODENSE_CT', calledAeTitle: 'MODELBANK' },
    timeouts: { connectMs: 1000, associateMs: 1000, responseMs: 1000 },
  });
}

it('a locked database is waited for, then told as 0xA700, while the hub answers others', async () => {
  await start();
  expect(await store(0)).toEqual(['0000']);
  const other = new Database(join(hub.home, 'modelbank.sqlite'));
  other.exec('BEGIN IMMEDIATE');
  const patient = store(1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  other.exec('COMMIT');
  expect(await patient).toEqual(['0000']);
  other.exec('BEGIN IMMEDIATE');
  const refused = Promise.all([store(2), store(3), store(4)]);
  await echo();
  expect(await refused).toEqual([['A700'], ['A700'], ['A700']]);
  other.exec('COMMIT');
  other.close();
  expect(await store(2, 3, 4)).toEqual(['0000', '0000', '0000']);
  // no object stays whose row could not be written
  expect(whatIsKept(hub.home)).toMatchObject({ broken: [], orphans: [], parts: [] });
  expect(whatIsKept(hub.home).rows).toHaveLength(5);
});

itMounts('a database without room is told as 0xA700, and takes rows again when there is some', async () => {
  await start((home) => homeOnTmpfs(home, 24));
  const filler = join(hub.home, 'filler');
  expect(await store(0)).toEqual(['0000']);
  // more than fits: what does not, is left out
  try {
    writeFileSync(filler, Buffer.alloc(32 * 2 ** 20));
  } catch (thrown) {
    expect((thrown as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
  const numbers = Array.from({ length: 60 }, (_, k) => k + 1);
  const told = await store(...numbers);
  expect(told).toContain('A700');
  const acknowledged = told.filter((each) => each === '0000').length;
  const during = whatIsKept(hub.home);
  expect(during).toMatchObject({ broken: [], parts: [] });
  expect(during.rows).toHaveLength(1 + acknowledged);
  rmSync(filler);
  await until(
    () => store(...numbers),
    (all) => all.every((each) => each === '0000'),
    20_000,
  );
  expect(whatIsKept(hub.home)).toMatchObject({ broken: [], orphans: [], parts: [] });
  expect(whatIsKept(hub.home).rows).toHaveLength(61);
});
