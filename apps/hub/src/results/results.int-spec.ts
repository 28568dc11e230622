/** Results on real databases with the real builder thread: the same bytes each time, held where invalid, gone where cancelled. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Envelope } from '@modelbank/contracts';
import { locationsOf } from '@modelbank/platform';
import { DeliveryEntity, HeldItemEntity, InputSetEntity, JobEntity, ResultEntity } from '@modelbank/store';
import { readStructureSet } from '@modelbank/structures';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { JobBench, NO_CRASH } from '../../../../test/support/job-bench';
import { ResultKeeper } from './result-keeper';
import { ResultsConsumer } from './results.consumer';

testStores('results', (database) => {
  let store: TestStore;
  let bench: JobBench;
  let consumer: ResultsConsumer;

  beforeEach(async () => {
    store = await database.open();
    bench = await JobBench.on(store);
    const keeper = new ResultKeeper(store.unitOfWork, store.clock, NO_CRASH);
    consumer = new ResultsConsumer(store.unitOfWork, store.readStore, store.objects, keeper);
  });
  afterEach(() => store.dispose());

  const completed = async () => (await bench.queued<'inference.completed'>('results.inference.completed')).at(-1)!;
  const resultsOf = (job: JobEntity) => bench.manager.findBy(ResultEntity, { jobId: job.id });
  const heldOf = (job: JobEntity) => bench.manager.findBy(HeldItemEntity, { kind: 'job', subjectId: job.id });
  const objectsOf = (job: JobEntity) =>
    readdir(join(locationsOf(store.configuration).objects, 'results', job.jobKey.slice(0, 2), job.jobKey)).catch(
      () => [],
    );
  const change = (job: JobEntity, to: Partial<JobEntity>) =>
    store.unitOfWork.run((tx) => tx.manager.update(JobEntity, { id: job.id }, to as object));
  const cancelled = (job: JobEntity) =>
    ({ body: { jobId: job.id, centreId: job.centreId, reason: 'a late slice' } }) as Partial<Envelope<'job.cancelled'>>;

  async function cancel(job: JobEntity): Promise<void> {
    await change(job, { state: 'cancelled' });
    await bench.emit('job.cancelled', cancelled(job).body!);
    const [envelope] = await bench.queued<'job.cancelled'>('results.job.cancelled');
    await consumer.onJobCancelled(envelope);
  }

  it('are one valid RTSTRUCT with its remarks, told to delivery; an empty ROI is named and left out', async () => {
    const job = await bench.inferred();
    await consumer.onInferenceCompleted(await completed());
    const [result] = await resultsOf(job);
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'built' });
    expect(result.rois.map(({ name }) => name)).toEqual(['Lung_L']);
    expect(result.remarks).toContain('Not found: Heart.');
    const bytes = await store.objects.read(result.objectKey);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(result.objectSha256);
    expect(readStructureSet(bytes)).toMatchObject({ sopInstanceUid: result.sopInstanceUid, label: 'AI, not approved' });
    expect(await bench.queued('delivery.result.built')).toMatchObject([
      { body: { resultId: result.id, jobId: job.id } },
    ]);
  });

  it('that are built twice are the same bytes under the same UIDs', async () => {
    const job = await bench.inferred();
    await consumer.onInferenceCompleted(await completed());
    const [first] = await resultsOf(job);
    await store.unitOfWork.run((tx) => tx.manager.delete(ResultEntity, { id: first.id }));
    await store.objects.remove(first.objectKey);
    await store.clock.advance(86_400_000);
    await change(job, { state: 'inferred' });
    await bench.emit('inference.completed', { jobId: job.id, centreId: job.centreId });
    await consumer.onInferenceCompleted(await completed());
    const [second] = await resultsOf(job);
    const same = ({ sopInstanceUid, seriesInstanceUid, objectSha256, objectKey }: ResultEntity) => [
      sopInstanceUid,
      seriesInstanceUid,
      objectSha256,
      objectKey,
    ];
    expect(same(second)).toEqual(same(first));
  });

  it('of one event that comes twice at once are one', async () => {
    const job = await bench.inferred();
    const envelope = await completed();
    await Promise.all([consumer.onInferenceCompleted(envelope), consumer.onInferenceCompleted(envelope)]);
    const [result, ...more] = await resultsOf(job);
    expect(more).toEqual([]);
    expect(
      createHash('sha256')
        .update(await store.objects.read(result.objectKey))
        .digest('hex'),
    ).toBe(result.objectSha256);
    expect(await bench.queued('delivery.result.built')).toHaveLength(1);
  });

  it('are written once for each encoding that a destination asks for', async () => {
    await bench.destination({ holes: 'keyhole' });
    await bench.destination({ holes: 'xor' });
    const job = await bench.inferred();
    await consumer.onInferenceCompleted(await completed());
    const results = await resultsOf(job);
    expect(results.map(({ encodingProfile }) => encodingProfile).sort()).toEqual(['keyhole', 'xor']);
    expect(new Set(results.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(2);
    expect(await objectsOf(job)).toHaveLength(2);
  });

  it('that fail our own check hold the job, and nothing leaves', async () => {
    const job = await bench.inferred();
    // coordinates of 0.001 mm cannot tell such pixels apart: the contours would not give the mask back
    const wrong = { ...bench.phantom.grid, columnSpacingMm: 1e-5, rowSpacingMm: 1e-5 };
    await store.unitOfWork.run((tx) =>
      tx.manager.update(InputSetEntity, { id: bench.inputSetId }, { grid: wrong } as object),
    );
    await consumer.onInferenceCompleted(await completed());
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'held', stateCode: 'RESULT_INVALID' });
    expect(await heldOf(job)).toMatchObject([{ code: 'RESULT_INVALID', state: 'held' }]);
    expect([await resultsOf(job), await objectsOf(job), await bench.queued('delivery.result.built')]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it.each([
    ['changed', (key: string) => store.objects.put(key, Buffer.alloc(960))],
    ['gone', (key: string) => store.objects.remove(key)],
  ])('of a label file that is %s hold the job instead of failing for ever', async (_, damage) => {
    const job = await bench.inferred();
    await damage(job.outcome!.labels[0].file);
    await consumer.onInferenceCompleted(await completed());
    expect(await bench.jobRow(job.id)).toMatchObject({ state: 'held', stateCode: 'OBJECT_CORRUPT' });
    expect(await heldOf(job)).toMatchObject([{ code: 'OBJECT_CORRUPT', reason: expect.stringContaining('Lung_L') }]);
    expect(await bench.queued('results.inference.completed')).toEqual([]);
  });

  it('of a job that is cancelled before its completion is heard are not built', async () => {
    const job = await bench.inferred();
    const envelope = await completed();
    await cancel(job);
    await consumer.onInferenceCompleted(envelope);
    expect([await resultsOf(job), await objectsOf(job)]).toEqual([[], []]);
    expect((await bench.jobRow(job.id)).state).toBe('cancelled');
  });

  it('of a job that is cancelled while they are built leave no object behind', async () => {
    const job = await bench.inferred();
    const building = consumer.onInferenceCompleted(await completed());
    await change(job, { state: 'cancelled' });
    await building;
    expect([await resultsOf(job), await objectsOf(job)]).toEqual([[], []]);
    expect(await bench.queued('delivery.result.built')).toEqual([]);
  });

  it('are withdrawn before they left, superseded after, and superseded when the receiver had them after all', async () => {
    const job = await bench.inferred();
    await consumer.onInferenceCompleted(await completed());
    await cancel(job);
    const [result] = await resultsOf(job);
    expect(result).toMatchObject({ state: 'withdrawn', stateReason: 'a late slice' });
    expect(await bench.queued('delivery.result.withdrawn')).toMatchObject([{ body: { resultId: result.id } }]);
    await bench.emit('result.delivered', { resultId: result.id, deliveryId: 'd', centreId: job.centreId });
    await consumer.onResultDelivered((await bench.queued<'result.delivered'>('results.result.delivered'))[0]);
    expect(await resultsOf(job)).toMatchObject([{ state: 'superseded' }]);
  });

  it('name the delivered one of the same series, task and encoding that they replace', async () => {
    const { id: destinationId } = await bench.destination();
    const old = await bench.waiting(destinationId, Buffer.from('old'), {
      state: 'delivered',
      deliveredAt: store.clock.now(),
    });
    await change({ id: old.jobId } as JobEntity, { state: 'cancelled' });
    const undelivered = await bench.waiting(destinationId, Buffer.from('newer, never sent'));
    await change({ id: undelivered.jobId } as JobEntity, { state: 'cancelled' });
    const predecessor = await bench.manager.findOneByOrFail(ResultEntity, { id: old.resultId });
    const job = await bench.inferred();
    await consumer.onInferenceCompleted(await completed());
    const [result] = await resultsOf(job);
    const written = readStructureSet(await store.objects.read(result.objectKey));
    expect(written.predecessorSopInstanceUids).toEqual([predecessor.sopInstanceUid]);
    expect(result.remarks.join(' ')).toContain('Replaces the structure set sent 2026-01-01 09:00');
    const row = await bench.manager.findOneByOrFail(ResultEntity, { id: old.resultId });
    expect(row.supersededByResultId).toBe(result.id);
    expect(await bench.manager.countBy(DeliveryEntity, { state: 'delivered' })).toBe(1);
  });
});
