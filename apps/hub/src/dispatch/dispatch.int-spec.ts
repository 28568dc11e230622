/** Events of one task in every order: what selection says last decides which one job lives, on a real database. */
import type { EventBodies, EventName, Envelope } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { InputSetEntity, JobEntity, ModelVersionEntity, TaskSelectionEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { DispatchConsumer } from './dispatch.consumer';

const CENTRE = 'odense';
const TASK = 'task-selection';

testStores('dispatch', (database) => {
  let store: TestStore;
  let consumer: DispatchConsumer;

  beforeEach(async () => {
    store = await database.open();
    consumer = new DispatchConsumer(store.unitOfWork, store.clock, { reach: () => undefined });
    await store.unitOfWork.run(async ({ manager }) => {
      for (const version of ['1.0.0', '2.0.0']) await manager.insert(ModelVersionEntity, modelVersion(version));
      await manager.insert(InputSetEntity, inputSet('first'));
      await manager.insert(TaskSelectionEntity, {
        ...{ id: TASK, inputSetId: 'first', centreId: CENTRE, task: 'anatomy', stateCode: null, parameters: {} },
        ...{ modelVersionId: '1.0.0', state: 'selected', decidedAt: store.clock.now() },
      });
    });
  });
  afterEach(() => store.dispose());

  const say = (change: Partial<TaskSelectionEntity>) =>
    store.unitOfWork.run(async ({ manager }) => void (await manager.update(TaskSelectionEntity, { id: TASK }, change)));
  const envelope = <E extends EventName>(event: E, body: EventBodies[E]): Envelope<E> => ({
    ...{ messageId: uuidv7(store.clock), schemaVersion: 1, event, occurredAt: store.clock.now().toISOString() },
    ...{ centreId: CENTRE, causationId: 'test', traceparent: '', body },
  });
  const selected = (inputSetId = 'first') =>
    consumer.onModelsSelected(envelope('models.selected', { inputSetId, centreId: CENTRE, taskSelectionIds: [TASK] }));
  const outranked = () =>
    consumer.onTaskOutranked(envelope('task.outranked', { taskSelectionId: TASK, centreId: CENTRE }));
  const jobs = async () => {
    const rows = await store.readStore.manager.find(JobEntity, { order: { id: 'ASC' } });
    return rows.map(({ modelVersionId, runNumber, state }) => `${modelVersionId} run ${runNumber} ${state}`);
  };

  it('makes one job of an event that comes three times', async () => {
    for (let n = 0; n < 3; n += 1) await selected();
    expect(await jobs()).toEqual(['1.0.0 run 1 queued']);
  });

  it('cancels what was outranked, and runs it once more when it is selected again', async () => {
    await selected();
    await say({ state: 'outranked' });
    await outranked();
    expect(await jobs()).toEqual(['1.0.0 run 1 cancelled']);
    await say({ state: 'selected' });
    await selected();
    expect(await jobs()).toEqual(['1.0.0 run 1 cancelled', '1.0.0 run 2 queued']);
  });

  it.each([
    ['the selection', [selected, outranked]],
    ['the outranking', [outranked, selected]],
  ])('keeps its job when it is selected again before %s is heard of', async (_first, events) => {
    await selected();
    for (const hear of events) await hear();
    expect(await jobs()).toEqual(['1.0.0 run 1 queued']);
  });

  it('lets one job live when the task is decided anew with another version', async () => {
    await selected();
    await say({ modelVersionId: '2.0.0' });
    await outranked();
    await selected();
    expect(await jobs()).toEqual(['1.0.0 run 1 cancelled', '2.0.0 run 1 queued']);
  });

  it('runs the same slices again when their first input set is superseded, told or not', async () => {
    await selected();
    await store.unitOfWork.run(async ({ manager }) => {
      await manager.update(InputSetEntity, { id: 'first' }, { state: 'superseded' });
      await manager.insert(InputSetEntity, inputSet('second'));
      await manager.update(TaskSelectionEntity, { id: TASK }, { inputSetId: 'second' });
    });
    await selected('second');
    const reason = 'another slice arrived';
    await consumer.onSeriesSuperseded(envelope('series.superseded', { inputSetId: 'first', centreId: CENTRE, reason }));
    expect((await jobs()).filter((job) => !job.endsWith('cancelled'))).toEqual(['1.0.0 run 2 queued']);
  });

  const modelVersion = (version: string) => ({
    ...{ id: version, modelId: 'anatomy', version, task: 'anatomy', packageDigest: `digest of ${version}`, files: {} },
    ...{ manifest: {} as ModelVersionEntity['manifest'], folder: 'models', state: 'registered' as const },
    registeredAt: store.clock.now(),
  });
  const inputSet = (id: string) => ({
    ...{ id, centreId: CENTRE, seriesId: 'series', studyInstanceUid: '1.2', frameOfReferenceUid: null },
    ...{ patientKey: null, purpose: 'test' as const, revision: 1, state: 'complete' as const, digest: 'same' },
    ...{ members: { ct: [] }, grid: {} as InputSetEntity['grid'], parameters: null },
    ...{ assembledAt: store.clock.now(), completedAt: store.clock.now() },
  });
});
