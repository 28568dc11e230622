/** What was refused and kept apart goes after 180 days, on a real store with a clock that is moved by hand. */
import { createHash } from 'node:crypto';
import { deriveUid, sopClassUid } from '@modelbank/dicom';
import {
  HeldItemEntity,
  InstanceRevisionEntity,
  JournalEntryEntity,
  RetentionDeletionEntity,
  holdItem,
  insertRow,
} from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { RetentionBench } from '../../../../../test/support/retention-bench';
import { QuarantineKeeper } from './quarantine-keeper';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

testStores('retention of what came under a taken UID', (database) => {
  let store: TestStore;
  let retention: RetentionBench;
  beforeEach(async () => {
    store = await database.open();
    retention = benchOn(store);
  });
  afterEach(() => store.dispose());

  const rows = () => store.readStore.manager.find(InstanceRevisionEntity, { order: { id: 'ASC' } });
  const dispositions = async () => (await rows()).map(({ disposition }) => disposition);
  const isKept = async (id: string) => store.objects.exists(`instances/${id}`);

  it('deletes quarantined and discarded objects 180 days after reception, and answers what was asked about them', async () => {
    await keep('a', 'quarantined');
    await keep('b', 'discarded');
    await keep('c', 'waiting');
    await keep('d', 'quarantined', 'aarhus');
    await retention.after(100);
    await keep('e', 'quarantined');
    await retention.after(79);
    expect(await dispositions()).toEqual(['quarantined', 'discarded', 'waiting', 'quarantined', 'quarantined']);
    expect(await retention.after(1)).toEqual({ decided: 3, removed: 3 });
    expect(await dispositions()).toEqual(['deleted', 'deleted', 'waiting', 'deleted', 'quarantined']);
    expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map(isKept))).toEqual([false, false, true, false, true]);

    const records = await store.readStore.manager.find(RetentionDeletionEntity, { order: { subjectId: 'ASC' } });
    expect(records).toMatchObject([
      { subjectId: 'a', centreId: 'odense', state: 'quarantined', stateCode: 'PIXELS_CHANGED' },
      { subjectId: 'b', centreId: 'odense', state: 'discarded' },
      { subjectId: 'd', centreId: 'aarhus', state: 'quarantined' },
    ]);
    const [{ objectSha256 }] = await rows();
    expect(records[0]).toMatchObject({
      ...{ kind: 'quarantined', rule: 'unassigned', days: 180, objectKey: 'instances/a', objectSha256, sizeBytes: 1 },
      ...{ decidedAt: store.clock.now(), deletedAt: store.clock.now() },
    });
    const told = await store.readStore.manager.findBy(JournalEntryEntity, { kind: 'retention.deleted' });
    expect(told.map(({ centreId, details }) => [centreId, details]).sort()).toEqual([
      ['aarhus', { objects: 1, bytes: 1 }],
      ['odense', { objects: 2, bytes: 2 }],
    ]);
    const items = await store.readStore.manager.find(HeldItemEntity, { order: { subjectId: 'ASC' } });
    expect(items.map(({ subjectId, state, resolvedBy }) => [subjectId, state, resolvedBy])).toEqual([
      ['a', 'resolved', 'hub'],
      ['d', 'resolved', 'hub'],
      ['e', 'held', null],
    ]);
    expect(await retention.after(0)).toEqual({ decided: 0, removed: 0 });
  });

  it('never deletes a revision that waits for adjustments', async () => {
    await keep('c', 'waiting');
    expect(await retention.after(4000)).toEqual({ decided: 0, removed: 0 });
    expect(await isKept('c')).toBe(true);
  });

  it('carries out after a restart what was decided before it', async () => {
    await keep('a', 'quarantined');
    const failing = jest.spyOn(store.objects, 'remove').mockRejectedValue(new Error('EIO'));
    expect(await retention.after(180)).toEqual({ decided: 1, removed: 0 });
    failing.mockRestore();
    store = await store.reopen();
    expect(await benchOn(store).sweep.sweep()).toEqual({ decided: 0, removed: 1 });
    expect(await isKept('a')).toBe(false);
  });

  async function keep(
    id: string,
    disposition: InstanceRevisionEntity['disposition'],
    centreId = 'odense',
  ): Promise<void> {
    const code = disposition === 'waiting' ? 'CONTENT_CHANGED' : 'PIXELS_CHANGED';
    const objectKey = `instances/${id}`;
    await store.objects.put(objectKey, Buffer.from('x'));
    await store.unitOfWork.run(async (tx) => {
      await insertRow(tx.manager, InstanceRevisionEntity, rowOf(id, centreId, disposition, code));
      if (disposition !== 'quarantined') return;
      const fact = { kind: 'revision', centreId, subjectId: id, code, reason: 'other pixels' } as const;
      await holdItem(tx, store.clock, fact);
    });
  }

  function rowOf(
    id: string,
    centreId: string,
    disposition: InstanceRevisionEntity['disposition'],
    dispositionCode: string,
  ): InstanceRevisionEntity {
    const digest = createHash('sha256').update(id).digest('hex');
    const uids = {
      sopInstanceUid: deriveUid('kept apart'),
      sopClassUid: sopClassUid('CTImageStorage'),
      studyInstanceUid: deriveUid('kept apart', 'study'),
      seriesInstanceUid: deriveUid('kept apart', 'series'),
      transferSyntaxUid: '1.2.840.10008.1.2.1',
    };
    return {
      ...{ id, centreId, ...uids, patientKey: null, firstKind: 'instance', firstId: 'first', decodedSha256: null },
      ...{ contentSha256: digest, objectSha256: digest, objectKey: `instances/${id}`, sizeBytes: 1 },
      ...{ associationId: 'a', purpose: 'test', disposition, dispositionCode, differences: {} },
      header: { ...uids, modality: 'CT', imageType: [], contrast: false },
      receivedAt: store.clock.now(),
    };
  }
});

function benchOn(store: TestStore): RetentionBench {
  const retention = new RetentionBench(store);
  new QuarantineKeeper(retention.keepers, store.readStore, store.clock).onModuleInit();
  return retention;
}
