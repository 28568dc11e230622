/** What is deleted when, on a real store with a clock that is moved by hand; and what outlives it. */
import { existsSync } from 'node:fs';
import { holdItem, requireKept } from '@modelbank/store';
import {
  AssociationEntity,
  CalledAeEntity,
  HeldItemEntity,
  InstanceEntity,
  ResultEntity,
  RetentionDeletionEntity,
  SeriesEntity,
  insertRow,
} from '@modelbank/store';
import type { DeliveryEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { JobBench } from '../../../../test/support/job-bench';
import { RetentionBench } from '../../../../test/support/retention-bench';
import { RetentionController } from './retention.controller';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const SLICES = 6;
const RULE = { afterDeliveryDays: 30, unassignedDays: 180, why: 'test' };

testStores('retention', (database) => {
  let store: TestStore;
  let jobs: JobBench;
  let retention: RetentionBench;
  beforeEach(async () => {
    store = await database.open();
    jobs = await JobBench.on(store);
    retention = new RetentionBench(store);
  });
  afterEach(() => store.dispose());

  const instances = () => jobs.manager.find(InstanceEntity, { order: { id: 'ASC' } });
  const records = () => jobs.manager.find(RetentionDeletionEntity, { order: { id: 'ASC' } });
  const dispositions = async () => [...new Set((await instances()).map(({ disposition }) => disposition))];
  const deliver = (more: Partial<DeliveryEntity> = {}) =>
    jobs.waiting('tps', Buffer.from('result'), { state: 'delivered', deliveredAt: store.clock.now(), ...more });
  const protocolOf = (protocolId: string) =>
    store.unitOfWork.run(async (tx) => {
      const ends = { startedAt: store.clock.now(), endedAt: store.clock.now(), outcome: 'released' } as const;
      await insertRow(tx.manager, AssociationEntity, {
        ...{ id: 'a', centreId: 'odense', callingAeTitle: 'CT', calledAeTitle: 'SCREENING', purpose: 'test', ...ends },
        ...{ instancesStored: SLICES, sendsWholeSeries: false, settleTimeMs: 1000 },
      });
      await insertRow(tx.manager, CalledAeEntity, {
        ...{ id: 'c', aeTitle: 'SCREENING', purpose: 'test', protocolId, parameters: null },
      });
    });

  it('deletes image copies at most 30 days after the last delivery, with a record, and keeps what was made of them', async () => {
    await retention.after(5);
    const delivery = await deliver();
    await retention.after(29);
    expect(await dispositions()).toEqual(['assembled']);
    expect(await retention.after(1)).toEqual({ decided: SLICES, removed: SLICES });
    const rows = await instances();
    expect(rows).toHaveLength(SLICES);
    for (const row of rows) {
      expect(row).toMatchObject({
        disposition: 'deleted',
        dispositionCode: 'AFTER_DELIVERY',
        deletedAt: store.clock.now(),
      });
      expect(existsSync(store.objects.pathOf(row.objectKey))).toBe(false);
    }
    const [record, ...others] = await records();
    expect(others).toHaveLength(SLICES - 1);
    expect(record).toMatchObject({
      ...{
        subjectId: rows[0].id,
        objectSha256: rows[0].objectSha256,
        sizeBytes: rows[0].sizeBytes,
        state: 'assembled',
      },
      ...{ rule: 'afterDelivery', days: 30, protocolId: null, countedFrom: delivery.createdAt },
      ...{ decidedAt: store.clock.now(), deletedAt: store.clock.now() },
    });
    const bytes = rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect((await jobs.journal('retention.deleted')).map(({ details, subjectId }) => ({ details, subjectId }))).toEqual(
      [{ details: { objects: SLICES, bytes }, subjectId: record.batchId }],
    );
    const result = await jobs.manager.findOneByOrFail(ResultEntity, { id: delivery.resultId });
    expect(String(await store.objects.read(result.objectKey))).toBe('result');
    expect(() => requireKept(rows)).toThrow(expect.objectContaining({ code: 'OBJECT_DELETED' }));
    const api = new RetentionController(retention.rules, retention.due, retention.sweep, store.readStore);
    expect(await api.show()).toMatchObject({ deletedObjects: SLICES, deletedBytes: bytes, pendingObjects: 0 });
    expect(await api.listDeletions({ centre: 'odense', limit: 1 })).toMatchObject([
      { rule: 'afterDelivery', days: 30 },
    ]);
    expect(await api.listDeletions({ centre: 'aarhus' })).toEqual([]);
    expect(await retention.after(100)).toEqual({ decided: 0, removed: 0 });
    expect(await records()).toHaveLength(SLICES);
  });

  it('counts from the last of several deliveries', async () => {
    await deliver();
    await retention.after(20);
    await deliver();
    await retention.after(29);
    expect(await dispositions()).toEqual(['assembled']);
    await retention.after(1);
    expect(await dispositions()).toEqual(['deleted']);
  });

  it('deletes what nothing was made of 180 days after its reception', async () => {
    await retention.after(179);
    expect(await dispositions()).toEqual(['assembled']);
    expect(await retention.after(1)).toEqual({ decided: SLICES, removed: SLICES });
    expect((await records())[0]).toMatchObject({ rule: 'unassigned', days: 180 });
    expect((await instances())[0].dispositionCode).toBe('UNASSIGNED');
  });

  it.each(['waiting', 'sending', 'awaitingCompletion'] as const)(
    'keeps what a delivery that is %s was made of',
    async (state) => {
      await deliver();
      await deliver({ state, deliveredAt: null });
      await retention.after(400);
      expect(await dispositions()).toEqual(['assembled']);
    },
  );

  it.each(['queued', 'running', 'inferred'] as const)('keeps what a job that is %s needs', async (state) => {
    await jobs.job({ state });
    await retention.after(400);
    expect(await dispositions()).toEqual(['assembled']);
  });

  it.each(['parked', 'blocked'] as const)('counts a result whose delivery is %s as not delivered', async (state) => {
    await deliver();
    await deliver({ state, deliveredAt: null });
    await retention.after(179);
    expect(await dispositions()).toEqual(['assembled']);
    await retention.after(1);
    expect((await records())[0]).toMatchObject({ rule: 'unassigned' });
  });

  it('keeps an open series', async () => {
    await store.unitOfWork.run((tx) => tx.manager.update(SeriesEntity, { id: jobs.seriesId }, { state: 'open' }));
    await retention.after(400);
    expect(await dispositions()).toEqual(['assembled']);
  });

  it('keeps what a person is asked about for 180 days, then answers for the person', async () => {
    await deliver();
    const fact = {
      kind: 'series',
      centreId: 'odense',
      subjectId: jobs.seriesId,
      code: 'GAP',
      reason: 'a gap',
    } as const;
    const heldItemId = await store.unitOfWork.run((tx) => holdItem(tx, store.clock, fact));
    await retention.after(179);
    expect(await dispositions()).toEqual(['assembled']);
    await retention.after(1);
    expect(await dispositions()).toEqual(['deleted']);
    const item = await jobs.manager.findOneByOrFail(HeldItemEntity, { id: heldItemId });
    expect(item).toMatchObject({ state: 'resolved', resolvedBy: 'hub' });
  });

  it('keeps what storage commitment has promised until then', async () => {
    const until = new Date(store.clock.now().getTime() + 300 * 86_400_000);
    retention = new RetentionBench(store, {
      promisedUntil: (_tx, ids) => Promise.resolve(new Map([[ids[2], until]])),
    });
    await retention.after(299);
    expect(await dispositions()).toEqual(['assembled']);
    await retention.after(2);
    expect(await dispositions()).toEqual(['deleted']);
  });

  it('goes by the rule of the protocol that the called AE names', async () => {
    await protocolOf('screening');
    await retention.rules.set('operator', { ...RULE, protocolId: 'other', afterDeliveryDays: 1 });
    await retention.rules.set('operator', { ...RULE, protocolId: 'screening', afterDeliveryDays: 3 });
    await deliver();
    await retention.after(2);
    expect(await dispositions()).toEqual(['assembled']);
    await retention.after(1);
    expect((await records())[0]).toMatchObject({ rule: 'afterDelivery', days: 3, protocolId: 'screening' });
    expect(await jobs.journal('retention.ruleSet')).toHaveLength(2);
  });

  it('keeps the priors of a protocol that compares with them', async () => {
    await protocolOf('screening');
    await retention.rules.set('operator', { ...RULE, protocolId: 'screening', keepAsPriorDays: 760 });
    await deliver();
    await retention.after(759);
    expect(await dispositions()).toEqual(['assembled']);
    await retention.rules.remove('operator', 'screening');
    await retention.after(0);
    expect(await dispositions()).toEqual(['deleted']);
    await expect(retention.rules.remove('operator', 'screening')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('carries out after a restart what was decided before it', async () => {
    await deliver();
    const failing = jest.spyOn(store.objects, 'remove').mockRejectedValue(new Error('EIO'));
    expect(await retention.after(30)).toEqual({ decided: SLICES, removed: 0 });
    failing.mockRestore();
    expect(await dispositions()).toEqual(['deleted']);
    expect((await records()).map(({ deletedAt }) => deletedAt)).toEqual(Array(SLICES).fill(null));
    store = await store.reopen();
    retention = new RetentionBench(store);
    expect(await retention.sweep.sweep()).toEqual({ decided: 0, removed: SLICES });
    const rows = await store.readStore.manager.find(InstanceEntity);
    expect(rows.some(({ objectKey }) => existsSync(store.objects.pathOf(objectKey)))).toBe(false);
    const unconfirmed = await store.readStore.manager.find(RetentionDeletionEntity);
    expect(unconfirmed.every(({ deletedAt }) => deletedAt !== null)).toBe(true);
  });

  it('finds what is due among much that is not, and tells it without deleting', async () => {
    await deliver();
    await store.clock.advance(30 * 86_400_000);
    const found = [];
    for await (const due of retention.due.walk()) found.push(due);
    expect(found).toMatchObject([{ centreId: 'odense', verdict: { rule: 'afterDelivery' } }]);
    expect(found[0].instances).toHaveLength(SLICES);
    expect(await dispositions()).toEqual(['assembled']);
  });

  it('deletes what another keeper says no run can use', async () => {
    const [row] = await instances();
    const aside = { ...row, id: 'q1', state: 'quarantined', stateCode: null, objectKey: 'quarantine/ab/1' };
    const { id, centreId, sopInstanceUid, objectKey, objectSha256, sizeBytes, receivedAt, state, stateCode } = aside;
    const object = { id, centreId, sopInstanceUid, objectKey, objectSha256, sizeBytes, receivedAt, state, stateCode };
    await store.objects.put(objectKey, Buffer.from('x'));
    let kept = true;
    const markDeleted = () => {
      kept = false;
      return Promise.resolve([object]);
    };
    const unused = (before: Date) => Promise.resolve(kept && receivedAt <= before ? [object] : []);
    retention.keepers.register({ kind: 'quarantined', unused, markDeleted });
    await deliver();
    await retention.after(30);
    expect(await store.objects.exists(objectKey)).toBe(true);
    expect(await retention.after(150)).toEqual({ decided: 1, removed: 1 });
    expect(await store.objects.exists(objectKey)).toBe(false);
    expect((await records()).at(-1)).toMatchObject({ kind: 'quarantined', subjectId: 'q1', rule: 'unassigned' });
  });
});
