/** How a run ends, with real child processes: durable labels, another attempt, a person, or nothing where it was cancelled. */
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { locationsOf } from '@modelbank/platform';
import { HeldItemEntity, InstanceEntity, JobEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { JobBench, NO_CRASH, QUIET } from '../../../../test/support/job-bench';
import { InferenceWorker } from './inference-worker';

const ANSWER = `
const { createHash } = require('node:crypto');
const { writeFileSync } = require('node:fs');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const send = (message) => process.send(message, () => process.exit(0));
const label = (folder, name, index) => {
  const bits = Buffer.from(name);
  const file = 'label-' + index + '.bits';
  writeFileSync(folder + '/' + file, bits);
  return { name, file, sha256: sha256(bits), voxelCount: 8, volumeMl: 1, empty: false, cutByScanEnd: false };
};
const done = ({ outputFolder }) => send({ type: 'done', outcome: { kind: 'infer', executionProvider: 'cpu', stages: [],
  peakRssMiB: 5, warnings: [], labels: [label(outputFolder, 'Lung_L', 0), label(outputFolder, 'Heart', 1)] } });
const fail = (code, message) => send({ type: 'failed', code, message });
process.send({ type: 'ready' });
`;

testStores('a run of a job', (database) => {
  let store: TestStore;
  let bench: JobBench;

  beforeEach(async () => {
    store = await database.open();
    bench = await JobBench.on(store);
  });
  afterEach(() => store.dispose());

  /** A worker whose child runs this program: `request` is the job. */
  async function workerWith(program: string): Promise<InferenceWorker> {
    const childEntry = join(store.configuration.home, `child-${Math.random().toString(36).slice(2)}.js`);
    await writeFile(childEntry, `${ANSWER}process.once('message', (request) => { ${program} });`);
    const { unitOfWork, readStore, objects, clock, configuration } = store;
    const parts = { unitOfWork, store: readStore, objects, clock, configuration, crashPoints: NO_CRASH, log: QUIET };
    return new InferenceWorker({ ...parts, childEntry }, 'worker');
  }
  const heldOf = (job: JobEntity) => bench.manager.findBy(HeldItemEntity, { kind: 'job', subjectId: job.id });
  const labelsOf = async (job: JobEntity) =>
    readdir(join(locationsOf(store.configuration).objects, 'labels', job.jobKey.slice(0, 2), job.jobKey)).catch(
      () => [],
    );
  const workFolders = () => readdir(locationsOf(store.configuration).work).catch(() => []);

  it('whose images retention took fails with a code that says so, and is not tried again', async () => {
    const job = await bench.job();
    const deleted = { disposition: 'deleted', dispositionCode: 'UNASSIGNED', deletedAt: store.clock.now() } as const;
    await store.unitOfWork.run((tx) => tx.manager.update(InstanceEntity, { disposition: 'assembled' }, deleted));
    const worker = await workerWith('done(request)');
    expect(await worker.runNext()).toBe(true);
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'failed', stateCode: 'OBJECT_DELETED', attempts: 1 });
    expect(await heldOf(job)).toMatchObject([{ code: 'OBJECT_DELETED' }]);
  });

  it('that succeeds: labels are objects, the row names them, results are told, nothing else is left', async () => {
    const job = await bench.job();
    const worker = await workerWith('done(request)');
    expect(await worker.runNext()).toBe(true);
    const row = await bench.jobRow(job.id);
    expect(row).toMatchObject({ state: 'inferred', attempts: 1, leaseOwner: null, stateCode: null });
    expect(row.outcome?.labels.map(({ name }) => name)).toEqual(['Lung_L', 'Heart']);
    for (const { file, name } of row.outcome?.labels ?? [])
      expect((await store.objects.read(file)).toString()).toBe(name);
    expect(await bench.queued('results.inference.completed')).toMatchObject([{ body: { jobId: job.id } }]);
    expect(await workFolders()).toEqual([]);
    expect(await worker.runNext()).toBe(false);
  });

  it('that crashes is tried again, later each time, then failed and held', async () => {
    const job = await bench.job();
    const worker = await workerWith('process.kill(process.pid, "SIGSEGV")');
    for (const [attempts, waitMs] of [
      [1, 2000],
      [2, 8000],
    ]) {
      expect(await worker.runNext()).toBe(true);
      const row = await bench.jobRow(job.id);
      expect(row).toMatchObject({ state: 'queued', stateCode: 'INFERENCE_CRASHED', attempts, leaseOwner: null });
      expect(row.notBefore?.getTime()).toBe(store.clock.now().getTime() + waitMs);
      expect(await worker.runNext()).toBe(false);
      await store.clock.advance(waitMs);
    }
    expect(await worker.runNext()).toBe(true);
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'failed', stateCode: 'INFERENCE_CRASHED', attempts: 3 });
    expect(await heldOf(job)).toMatchObject([{ code: 'INFERENCE_CRASHED', state: 'held', details: { attempts: 3 } }]);
    expect(await bench.queued('journal.inference.failed')).toHaveLength(1);
  });

  it('with an unusable output is held at once', async () => {
    const job = await bench.job();
    const worker = await workerWith(`fail('OUTPUT_UNUSABLE', 'the output cannot be used: "Lung_L" is empty')`);
    await worker.runNext();
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'held', stateCode: 'OUTPUT_UNUSABLE', attempts: 1 });
    expect(await heldOf(job)).toMatchObject([{ code: 'OUTPUT_UNUSABLE', reason: expect.stringContaining('"Lung_L"') }]);
    expect(await worker.runNext()).toBe(false);
  });

  it('that says what no one asked keeps no word of it', async () => {
    const job = await bench.job({ attempts: 2 });
    await (
      await workerWith(`process.stderr.write('Jensen^Planted'); throw new Error('Jensen^Planted 010203-1234')`)
    ).runNext();
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'failed' });
    expect(JSON.stringify(await heldOf(job))).not.toMatch(/Jensen|010203/);
  });

  it('that is cancelled meanwhile ends its child and leaves nothing', async () => {
    const job = await bench.job();
    const pidFile = join(store.configuration.home, 'pid');
    const worker = await workerWith(
      `writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 50)`,
    );
    const run = worker.runNext();
    while (!existsSync(pidFile)) await delay(10);
    const running = await bench.jobRow(job.id);
    const change = { state: 'cancelled', fencingToken: running.fencingToken + 1, leaseOwner: null } as const;
    await store.unitOfWork.run((tx) => tx.manager.update(JobEntity, { id: job.id }, change));
    expect(await run).toBe(true);
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'cancelled', outcome: null });
    expect([await heldOf(job), await labelsOf(job), await workFolders()]).toEqual([[], [], []]);
    expect(await bench.queued('journal.inference.failed')).toEqual([]);
  });

  it('that was taken over leaves the files of the one that took over', async () => {
    const job = await bench.job();
    const slow = await workerWith('setTimeout(() => done(request), 300)');
    const run = slow.runNext();
    while ((await bench.jobRow(job.id)).state !== 'running') await delay(5);
    await store.clock.advance(store.configuration.inference.leaseMs);
    await (await workerWith('done(request)')).runNext();
    await run;
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'inferred', fencingToken: 2, attempts: 2 });
    expect(await labelsOf(job)).toEqual(['2-0.mask', '2-1.mask']);
    expect(await bench.queued('results.inference.completed')).toHaveLength(1);
  });

  it('removes what a killed run had made durable before its row', async () => {
    const job = await bench.job({ fencingToken: 3, attempts: 1 });
    for (const claim of [1, 3])
      await store.objects.put(`labels/${job.jobKey.slice(0, 2)}/${job.jobKey}/${claim}-0.mask`, Buffer.from('x'));
    await (await workerWith('done(request)')).runNext();
    expect(await labelsOf(job)).toEqual(['4-0.mask', '4-1.mask']);
  });

  it('that the hub stops waits again, and the attempt does not count', async () => {
    const job = await bench.job();
    const worker = await workerWith('setInterval(() => {}, 50)');
    const run = worker.runNext();
    while ((await bench.jobRow(job.id)).state !== 'running') await delay(5);
    worker.stop();
    await run;
    expect(await bench.jobRow(job.id)).toMatchObject({
      state: 'queued',
      attempts: 0,
      notBefore: null,
      leaseOwner: null,
    });
    expect(await worker.runNext()).toBe(false);
  });

  it('whose workers died at every attempt is failed and held, not run for ever', async () => {
    const at = store.clock.now();
    const job = await bench.job({
      state: 'running',
      attempts: 3,
      fencingToken: 3,
      leaseExpiresAt: at,
      leaseOwner: 'dead',
    });
    await (await workerWith('done(request)')).runNext();
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'failed', stateCode: 'INFERENCE_CRASHED' });
    expect(await heldOf(job)).toHaveLength(1);
  });
});
