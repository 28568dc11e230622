/** Every order in which slices can arrive ends in one input set: real database, time moved by hand. */
import { CalledAeEntity, HeldItemEntity, insertRow, DeliveryEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import { AssemblyBench, SETTLE_MS } from '../../../../test/support/assembly-bench';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);

testStores('series assembly', (database) => {
  let bench: AssemblyBench;

  beforeEach(async () => {
    bench = new AssemblyBench(await database.open());
  });
  afterEach(() => bench.store.dispose());

  const orderings: [string, (bench: AssemblyBench) => Promise<void>][] = [
    ['one association', (b) => b.send(range(0, 8))],
    [
      'half, release, half',
      async (b) => {
        await b.send(range(0, 4));
        await b.deliver();
        await b.send(range(4, 8));
      },
    ],
    [
      'every second slice, release, the others',
      async (b) => {
        await b.send([0, 2, 4, 6]);
        await b.deliver();
        await b.send([1, 3, 5, 7]);
      },
    ],
    [
      'one association for each slice',
      async (b) => {
        for (const k of range(0, 8)) {
          await b.send([k]);
          await b.deliver();
          await b.store.clock.advance(1000);
        }
      },
    ],
    ['out of order', (b) => b.send([5, 0, 7, 2, 6, 1, 4, 3])],
    [
      'a dropped association, then the rest',
      async (b) => {
        const dropped = await b.open();
        for (const k of range(0, 5)) await b.store1(dropped, k);
        await b.end(dropped, 'aborted');
        await b.deliver();
        await b.send(range(5, 8));
      },
    ],
    [
      'two associations side by side',
      async (b) => {
        const [left, right] = [await b.open(), await b.open()];
        for (const k of range(0, 4)) {
          await b.store1(left, k);
          await b.store1(right, 7 - k);
        }
        await b.end(left);
        await b.deliver();
        await b.end(right);
      },
    ],
  ];

  describe.each(orderings)('%s', (_name, arrive) => {
    it.each([undefined, 1, 2, 3])('ends in one complete input set of all slices (seed %s)', async (seed) => {
      await arrive(bench);
      await bench.deliver(seed);
      await bench.settle();
      await bench.deliver(seed);
      await bench.sweep();
      const states = await bench.stateOfSets();
      expect(states.filter((state) => !state.startsWith('superseded'))).toEqual(['complete 8']);
      expect(await bench.emitted('inputSet.completed')).toBe(1);
      expect(await bench.emitted('inputSet.assembled')).toBe(states.length);
      expect(await bench.emitted('series.superseded')).toBe(states.length - 1);
      expect(await bench.series()).toMatchObject({
        state: 'complete',
        revision: 1,
        instanceCount: 8,
        deadlineAt: null,
      });
      expect(new Set(await bench.dispositions())).toEqual(new Set(['assembled']));
    });
  });

  it('runs ahead of time at release, and keeps that input set when nothing more comes', async () => {
    await bench.send(range(0, 6));
    await bench.deliver();
    expect(await bench.stateOfSets()).toEqual(['provisional 6']);
    expect((await bench.series()).state).toBe('open');
    expect(await bench.emitted('inputSet.completed')).toBe(0);
    await bench.settle();
    expect(await bench.stateOfSets()).toEqual(['complete 6']);
    expect(await bench.emitted('inputSet.assembled')).toBe(1);
  });

  it('never completes a regular grid alone: neither while slices arrive nor before the settle time', async () => {
    const association = await bench.open();
    for (const k of range(0, 6)) await bench.store1(association, k);
    await bench.deliver();
    await bench.store.clock.advance(SETTLE_MS - 1000);
    await bench.sweep();
    expect(await bench.stateOfSets()).toEqual([]);
    expect((await bench.series()).state).toBe('open');
  });

  it('completes at the declared count without waiting', async () => {
    const association = await bench.open();
    for (const k of range(0, 5)) await bench.store1(association, k, { header: { declaredCount: 5 } });
    await bench.deliver();
    expect(await bench.stateOfSets()).toEqual(['complete 5']);
    expect(await bench.series()).toMatchObject({ state: 'complete', declaredCount: 5 });
  });

  it('does not trust counts that contradict each other', async () => {
    const association = await bench.open();
    for (const k of range(0, 5)) await bench.store1(association, k, { header: { declaredCount: k < 4 ? 4 : 5 } });
    await bench.deliver();
    expect((await bench.series()).state).toBe('open');
  });

  describe('with the count of an acquisition', () => {
    const header = { declaredCount: 4, declaredCountOf: 'acquisition' as const };

    it.each(['released', 'aborted'] as const)('completes when its association was %s', async (outcome) => {
      const association = await bench.open();
      for (const k of range(0, 4)) await bench.store1(association, k, { header });
      await bench.deliver();
      expect(await bench.stateOfSets()).toEqual([]);
      await bench.end(association, outcome);
      await bench.deliver();
      expect(await bench.stateOfSets()).toEqual(['complete 4']);
    });

    it('does not complete at one of two acquisitions, nor while another association sends', async () => {
      const [one, two] = [await bench.open(), await bench.open()];
      for (const k of range(0, 4)) await bench.store1(one, k, { header: { ...header, acquisitionNumber: 1 } });
      await bench.store1(two, 4, { header: { ...header, acquisitionNumber: 2 } });
      await bench.end(one);
      await bench.deliver();
      for (const k of range(5, 8)) await bench.store1(two, k, { header: { ...header, acquisitionNumber: 2 } });
      await bench.end(two);
      await bench.deliver();
      expect(await bench.stateOfSets()).toEqual(['provisional 8']);
      await bench.settle();
      expect(await bench.stateOfSets()).toEqual(['complete 8']);
    });

    it('comes to the same in any order of events', async () => {
      const association = await bench.open();
      for (const k of range(0, 4)) await bench.store1(association, k, { header });
      await bench.end(association);
      await bench.deliver(7);
      expect(await bench.stateOfSets()).toEqual(['complete 4']);
      expect(await bench.emitted('inputSet.completed')).toBe(1);
    });
  });

  it('completes at release for a sender of whole series', async () => {
    await bench.send(range(0, 5), { sendsWholeSeries: true });
    await bench.deliver();
    expect(await bench.stateOfSets()).toEqual(['complete 5']);
  });

  it('keeps a series open until its deadline when the sender of whole series is cut off', async () => {
    const association = await bench.open({ sendsWholeSeries: true });
    for (const k of range(0, 5)) await bench.store1(association, k);
    await bench.end(association, 'aborted');
    await bench.deliver();
    expect(await bench.stateOfSets()).toEqual([]);
    await bench.settle();
    expect(await bench.stateOfSets()).toEqual(['complete 5']);
  });

  it('opens a new revision for a late slice and takes the old input set back at once', async () => {
    await bench.send(range(0, 5));
    await bench.deliver();
    await bench.settle();
    await bench.send([5]);
    await bench.deliver();
    expect(await bench.stateOfSets()).toEqual(['superseded 5']);
    expect(await bench.emitted('series.superseded')).toBe(1);
    expect(await bench.series()).toMatchObject({ state: 'open', revision: 2 });
    await bench.settle();
    expect(await bench.stateOfSets()).toEqual(['superseded 5', 'complete 6']);
    expect((await bench.inputSets()).map((set) => set.revision)).toEqual([1, 2]);
  });

  it('waits on when an instance whose event is still on its way arrived in time', async () => {
    const association = await bench.open();
    for (const k of range(0, 4)) await bench.store1(association, k);
    await bench.deliver();
    await bench.store.clock.advance(SETTLE_MS - 1000);
    await bench.store1(association, 4);
    await bench.store.clock.advance(2000);
    await bench.sweep();
    expect((await bench.series()).state).toBe('open');
    await bench.settle();
    await bench.deliver();
    expect(await bench.stateOfSets()).toEqual(['complete 5']);
  });

  it('holds a gap with the reason, and the missing slice resolves it', async () => {
    await bench.send([0, 1, 3, 4]);
    await bench.deliver();
    expect(await bench.stateOfSets()).toEqual([]);
    await bench.settle();
    const [held] = await bench.store.readStore.manager.find(HeldItemEntity);
    expect(held).toMatchObject({ kind: 'series', code: 'GAP', state: 'held' });
    expect(held.reason).toMatch(/1 slice is missing/);
    expect(await bench.emitted('series.held')).toBe(1);
    expect(new Set(await bench.dispositions())).toEqual(new Set(['held SERIES_GAP']));
    await bench.send([2]);
    await bench.deliver();
    await bench.settle();
    expect(await bench.stateOfSets()).toEqual(['complete 5']);
    const [resolved] = await bench.store.readStore.manager.find(HeldItemEntity);
    expect(resolved).toMatchObject({ state: 'resolved', resolvedBy: 'hub' });
  });

  it('says so when a series is held of which a result was delivered', async () => {
    await bench.send(range(0, 5));
    await bench.deliver();
    await bench.settle();
    const [{ id: inputSetId }] = await bench.inputSets();
    const { clock, unitOfWork } = bench.store;
    await unitOfWork.run((tx) =>
      insertRow(tx.manager, DeliveryEntity, {
        ...{ id: '1', resultId: '1', jobId: '1', centreId: 'odense', inputSetId, destinationId: '1' },
        ...{ state: 'delivered', stateCode: null, lastError: null, attempts: 1, nextAttemptAt: null, lastStatus: 0 },
        ...{ leaseExpiresAt: null, createdAt: clock.now(), deliveredAt: clock.now() },
      }),
    );
    await bench.send([7]);
    await bench.deliver();
    await bench.settle();
    const [held] = await bench.store.readStore.manager.find(HeldItemEntity);
    expect(held).toMatchObject({ code: 'GAP', reason: expect.stringContaining('was delivered, is superseded') });
    expect(await bench.stateOfSets()).toEqual(['superseded 5']);
  });

  it('leaves scouts aside: alone they are not applicable, beside a volume they do not disturb it', async () => {
    const header = { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] };
    const association = await bench.open();
    await bench.store1(association, 90, { z: 500, header });
    await bench.deliver();
    await bench.settle();
    expect(await bench.series()).toMatchObject({ state: 'notApplicable', stateCode: 'LOCALIZER' });
    for (const k of range(0, 4)) await bench.store1(association, k);
    await bench.deliver();
    await bench.settle();
    expect(await bench.stateOfSets()).toEqual(['complete 4']);
    await bench.store1(association, 91, { z: 501, header });
    await bench.deliver();
    expect(await bench.stateOfSets()).toEqual(['complete 4']);
    expect((await bench.dispositions()).filter((each) => each === 'notApplicable SERIES_LOCALIZER')).toHaveLength(2);
  });

  it('takes what it says of the volume from the volume, whatever localizer came first', async () => {
    for (const [id, aeTitle, side] of [
      ['1', 'MB_LEFT', 'left'],
      ['2', 'MB_RIGHT', 'right'],
    ]) {
      const ae = { id, aeTitle, purpose: 'care' as const, protocolId: null, parameters: { side } };
      await bench.store.unitOfWork.run((tx) => insertRow(tx.manager, CalledAeEntity, ae));
    }
    const scout = await bench.open({ calledAeTitle: 'MB_LEFT' });
    const header = { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'], frameOfReferenceUid: '1.2.8' };
    await bench.store1(scout, 90, { header, row: { patientKey: 'b'.repeat(64), studyInstanceUid: '1.2.7' } });
    await bench.deliver();
    const volume = await bench.open({ calledAeTitle: 'MB_RIGHT' });
    for (const k of range(0, 4)) await bench.store1(volume, k, { row: { purpose: 'care' } });
    await bench.deliver();
    const ofVolume = { frameOfReferenceUid: '1.2.9', patientKey: 'a'.repeat(64), purpose: 'care' };
    expect(await bench.series()).toMatchObject({ ...ofVolume, studyInstanceUid: '1.2.1' });
    await bench.settle();
    const sets = await bench.inputSets();
    expect(sets).toHaveLength(1);
    expect(sets[0]).toMatchObject({ ...ofVolume, studyInstanceUid: '1.2.1', parameters: { side: 'right' } });
  });
});
