/** What keeps a result from leaving: another series of the same patient, purpose and frame of reference that may take over its task. */
import { uuidv7 } from '@modelbank/platform';
import { HeldItemEntity, InputSetEntity, SeriesEntity, holdItem, insertRow } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { CENTRE, JobBench } from '../../../../test/support/job-bench';
import { mayLeave } from './completion';

testStores('completion', (database) => {
  let store: TestStore;
  let bench: JobBench;
  let own: InputSetEntity;
  beforeEach(async () => {
    store = await database.open();
    bench = await JobBench.on(store);
    own = await bench.manager.findOneByOrFail(InputSetEntity, { id: bench.inputSetId });
  });
  afterEach(() => store.dispose());

  const leaves = async () => mayLeave(bench.manager, own, await bench.job());

  const addSeries = (more: Partial<SeriesEntity>): Promise<void> =>
    store.unitOfWork.run(async (tx) => {
      const series = await tx.manager.findOneByOrFail(SeriesEntity, { id: bench.seriesId });
      const { studyInstanceUid, frameOfReferenceUid, patientKey, purpose } = own;
      const id = uuidv7(store.clock);
      const same = { ...series, id, studyInstanceUid, frameOfReferenceUid, patientKey, purpose };
      await insertRow(tx.manager, SeriesEntity, { ...same, seriesInstanceUid: '2.25.88', ...more });
    });

  const addInputSet = async (): Promise<string> => {
    const id = uuidv7(store.clock);
    const other = { ...own, id, seriesId: uuidv7(store.clock), digest: 'e'.repeat(64) };
    await store.unitOfWork.run((tx) => insertRow(tx.manager, InputSetEntity, other));
    return id;
  };

  it('is waited for while another series of the group is open', async () => {
    expect(await leaves()).toBe(true);
    await addSeries({ state: 'open' });
    expect(await leaves()).toBe(false);
  });

  it.each([
    ['another patient', { patientKey: 'f'.repeat(64) }],
    ['another purpose', { purpose: 'care' as const }],
    ['another frame of reference', { frameOfReferenceUid: '2.25.77' }],
  ])('is not waited for in an open series of %s under the same study', async (_, more) => {
    await addSeries({ state: 'open', ...more });
    expect(await leaves()).toBe(true);
  });

  it('is waited for while selection has not looked at an input set; one that is held has been looked at', async () => {
    const inputSetId = await addInputSet();
    expect(await leaves()).toBe(false);
    const fact = { kind: 'selection', centreId: CENTRE, subjectId: inputSetId, code: 'OBJECT_CORRUPT', reason: 'gone' };
    await store.unitOfWork.run((tx) => holdItem(tx, store.clock, { ...fact, kind: 'selection' }));
    expect(await leaves()).toBe(true);
    const released = { state: 'released' as const };
    await store.unitOfWork.run((tx) => tx.manager.update(HeldItemEntity, { subjectId: inputSetId }, released));
    expect(await leaves()).toBe(false);
  });
});
