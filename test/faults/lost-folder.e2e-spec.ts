/** A disk that is read-only, gone or another one: nothing is acknowledged, nothing is written where it does not belong. */
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { itWhen } from '@modelbank/testing';
import { enrolCentre, send, until } from '../journeys/support/journey-centre';
import type { JourneyCentre } from '../journeys/support/journey-centre';
import { newHome, removeHome, startHubProcess } from '../journeys/support/journey-hub';
import type { HubProcess } from '../journeys/support/journey-hub';
import { writeSlice } from '../support/ct-slices';
import { answers, filesBelow, whatIsKept } from './support/kept';
import { MAY_MOUNT, WHY_NOT, inside, objectsOnTmpfs } from './support/private-disks';

/** Real processes on a busy machine. */
jest.setTimeout(90_000);

const itMounts = itWhen(MAY_MOUNT, WHY_NOT);

let work: string;
let home: string;
let hub: HubProcess;
let centre: JourneyCentre;

async function start(mounted: boolean): Promise<void> {
  work = newHome();
  home = join(work, 'home');
  mkdirSync(home);
  const disks = mounted ? objectsOnTmpfs(home, 64) : undefined;
  hub = await startHubProcess(home, {}, disks);
  centre = await enrolCentre({ ...hub, home }, { id: 'odense', aeTitle: 'ODENSE_CT' });
}

afterEach(async () => {
  await hub.stop();
  removeHome(work);
});

const storage = () => hub.api.get<{ condition: string; reason: string | null }>('/storage');
const untilCondition = (wanted: string) => until(storage, ({ condition }) => condition === wanted);

async function store(k: number): Promise<string> {
  const { path } = await writeSlice(work, { seed: 'lost', k });
  return answers(await send(hub, centre, [path]))[0];
}

itMounts('a folder that became read-only takes nothing, and takes again when it is writable', async () => {
  await start(true);
  const objects = join(home, 'objects');
  expect(await store(0)).toBe('0000');
  inside(hub.pid, 'mount', '-o', 'remount,ro', objects);
  // at once: the door may still let it in, then the disk says no
  expect(['A700', '2/3/1']).toContain(await store(1));
  expect((await untilCondition('failed')).reason).toBe('the object store cannot be read or written');
  expect(await store(1)).toBe('2/3/1');
  inside(hub.pid, 'mount', '-o', 'remount,rw', objects);
  await untilCondition('ok');
  expect(await store(1)).toBe('0000');
  expect(whatIsKept(hub.home)).toMatchObject({ broken: [], orphans: [], parts: [] });
  expect(whatIsKept(hub.home).rows).toHaveLength(2);
});

itMounts('nothing is written under an empty mount point', async () => {
  await start(true);
  const [objects, elsewhere] = [join(home, 'objects'), join(work, 'elsewhere')];
  mkdirSync(elsewhere);
  expect(await store(0)).toBe('0000');
  inside(hub.pid, 'mount', '--move', objects, elsewhere);
  expect(['A700', '2/3/1']).toContain(await store(1));
  expect((await untilCondition('failed')).reason).toContain('not mounted');
  expect(await store(1)).toBe('2/3/1');
  expect(readdirSync(join(hub.home, 'objects'))).toEqual([]);
  inside(hub.pid, 'mount', '-t', 'tmpfs', 'tmpfs', objects);
  expect(await store(1)).toBe('2/3/1');
  expect(readdirSync(join(hub.home, 'objects'))).toEqual([]);
  inside(hub.pid, 'umount', objects);
  inside(hub.pid, 'mount', '--move', elsewhere, objects);
  await untilCondition('ok');
  expect(await store(1)).toBe('0000');
  expect(whatIsKept(hub.home)).toMatchObject({ broken: [], orphans: [], parts: [] });
  expect(whatIsKept(hub.home).rows).toHaveLength(2);
});

it('a removed folder is not made again, also not by a restart, and taken up when it is back', async () => {
  await start(false);
  const [objects, away] = [join(home, 'objects'), join(home, 'away')];
  expect(await store(0)).toBe('0000');
  renameSync(objects, away);
  expect(['A700', '2/3/1']).toContain(await store(1));
  await untilCondition('failed');
  expect(existsSync(objects)).toBe(false);
  await hub.stop();
  await expect(startHubProcess(home)).rejects.toThrow('the objects folder has no marker');
  expect(filesBelow(home, 'objects')).toEqual([]);
  if (existsSync(objects)) throw new Error('the folder was made again');
  renameSync(away, objects);
  hub = await startHubProcess(home);
  expect(await store(1)).toBe('0000');
  expect(whatIsKept(home)).toMatchObject({ broken: [], orphans: [], parts: [] });
});
