/** The gauge on a real store: how often it measures, what it lets in, what it journals, and what it makes of silence. */
import promises from 'node:fs/promises';
import { Metrics, createLogger, loadConfiguration } from '@modelbank/platform';
import { HubError } from '@modelbank/contracts';
import { JournalEntryEntity } from '@modelbank/store';
import { testDatabase } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { PressureMetrics } from './pressure-metrics';
import { StorageWatch } from './storage-watch';

const MIB = 2 ** 20;
const QUIET = createLogger({ level: 'fatal', pretty: false });

let store: TestStore;
let watch: StorageWatch;
let metrics: Metrics;
/** MiB of 1000 that are free. */
let free: number;
let measured: jest.SpyInstance;

beforeEach(async () => {
  store = await testDatabase('sqlite').open();
  free = 500;
  measured = jest
    .spyOn(promises, 'statfs')
    .mockImplementation(() =>
      Promise.resolve({ bsize: MIB, blocks: 1000, bfree: free, bavail: free, type: 0, files: 0, ffree: 0 }),
    );
  watch = newWatch();
});
afterEach(async () => {
  await watch.onApplicationShutdown();
  jest.restoreAllMocks();
  await store.dispose();
});

function newWatch(): StorageWatch {
  const lines = { MIN_FREE_BYTES: 100 * MIB, RESERVE_FREE_BYTES: 50 * MIB };
  const environment = Object.fromEntries(
    Object.entries(lines).map(([name, bytes]) => [`MODELBANK_STORAGE_${name}`, String(bytes)]),
  );
  const configuration = loadConfiguration(environment, store.configuration.home);
  const { clock, unitOfWork } = store;
  metrics = new Metrics();
  return new StorageWatch(configuration, clock, clock, unitOfWork, QUIET, new PressureMetrics(metrics));
}

/** Lets real disk work end, then moves the clock. */
async function seconds(count: number): Promise<void> {
  for (let second = 0; second < count; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    await store.clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

const journal = async () =>
  (await store.readStore.manager.find(JournalEntryEntity, { order: { id: 'ASC' } })).map(({ kind }) => kind);

it('measures once a second, however many ask', async () => {
  await Promise.all(Array.from({ length: 500 }, () => watch.mayStore()));
  for (let k = 0; k < 500; k += 1) await watch.mayAccept();
  // objects and database
  expect(measured).toHaveBeenCalledTimes(2);
  await store.clock.advance(1000);
  await Promise.all(Array.from({ length: 500 }, () => watch.mayStore()));
  expect(measured).toHaveBeenCalledTimes(4);
});

it('lets nobody begin past the first line, nothing be stored past the second, and says when to come again', async () => {
  const full = expect.objectContaining({ code: 'STORAGE_FULL', retryAfterSeconds: 60 }) as unknown;
  free = 90;
  await expect(watch.mayAccept()).rejects.toEqual(full);
  await expect(watch.mayStore()).resolves.toBeUndefined();
  free = 40;
  await store.clock.advance(1000);
  await expect(watch.mayStore()).rejects.toEqual(full);
  free = 500;
  await store.clock.advance(1000);
  await expect(watch.mayAccept()).resolves.toBeUndefined();
  await expect(watch.mayAccept(401 * MIB)).rejects.toEqual(full);
  await expect(watch.mayStore(451 * MIB)).rejects.toEqual(full);
  await expect(watch.mayAccept(400 * MIB)).resolves.toBeUndefined();
  expect(await metrics.text()).toContain('modelbank_storage_refusals_total{code="STORAGE_FULL"} 4');
});

it('journals when a time of pressure begins and when it ends, once, also over a restart', async () => {
  watch.onApplicationBootstrap();
  await seconds(2);
  expect(await journal()).toEqual([]);
  free = 90;
  await seconds(5);
  for (let k = 0; k < 20; k += 1) await watch.mayAccept().catch(() => undefined);
  expect(await journal()).toEqual(['storage.pressureBegan']);
  await watch.onApplicationShutdown();
  watch = newWatch();
  watch.onApplicationBootstrap();
  await seconds(2);
  expect(await journal()).toEqual(['storage.pressureBegan']);
  free = 105;
  await seconds(3);
  expect(await journal()).toEqual(['storage.pressureBegan']);
  free = 500;
  await seconds(3);
  expect(await journal()).toEqual(['storage.pressureBegan', 'storage.pressureEnded']);
});

it('takes a file system that does not answer for failed, and for well when it answers', async () => {
  let answer: () => void = () => undefined;
  measured.mockImplementationOnce(
    () =>
      new Promise((resolve) => {
        answer = () => resolve({ bsize: MIB, blocks: 1000, bfree: free, bavail: free, type: 0, files: 0, ffree: 0 });
      }),
  );
  const asked = watch.mayStore();
  asked.catch(() => undefined);
  await seconds(6);
  await expect(asked).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  await expect(watch.mayAccept()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  answer();
  await seconds(1);
  await expect(watch.mayAccept()).resolves.toBeUndefined();
});

it('tries the disk itself after a write failed, until one works', async () => {
  const broken = jest.spyOn(promises, 'open').mockRejectedValue(Object.assign(new Error('no'), { code: 'EIO' }));
  await expect(watch.mayStore()).resolves.toBeUndefined();
  watch.noteFailure(new HubError('DATASET_TRUNCATED', 'not the disk'));
  await store.clock.advance(1000);
  await expect(watch.mayStore()).resolves.toBeUndefined();
  watch.noteFailure(new HubError('STORAGE_FAILED', 'the disk'));
  await store.clock.advance(1000);
  await expect(watch.mayStore()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  broken.mockRestore();
  await store.clock.advance(1000);
  await expect(watch.mayStore()).resolves.toBeUndefined();
});
