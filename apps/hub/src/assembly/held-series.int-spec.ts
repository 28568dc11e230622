/** A person's word on a held series, on a real database: what it overrules, and what it does not. */
import { HeldItemEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import { AssemblyBench } from '../../../../test/support/assembly-bench';
import { HeldSeries } from './held-series';

testStores('a person decides on a held series', (database) => {
  let bench: AssemblyBench;

  beforeEach(async () => {
    bench = new AssemblyBench(await database.open());
  });
  afterEach(() => bench.store.dispose());

  async function heldItem(): Promise<{ handler: HeldSeries; item: HeldItemEntity }> {
    const handler = new HeldSeries({ register: () => undefined }, bench.store.clock);
    return { handler, item: await bench.store.readStore.manager.findOneByOrFail(HeldItemEntity, {}) };
  }

  it('releases a gap: the series is complete as it is', async () => {
    await bench.send([0, 1, 3, 4]);
    await bench.deliver();
    await bench.settle();
    const { handler, item } = await heldItem();
    await bench.store.unitOfWork.run((tx) => handler.release(tx, item));
    expect(await bench.stateOfSets()).toEqual(['complete 4']);
    expect((await bench.series()).state).toBe('complete');
  });

  it('releases what was looked at, and no more: a gap behind a missing patient id is held anew', async () => {
    const association = await bench.open();
    for (const k of [0, 1, 3, 4]) await bench.store1(association, k, { row: { patientKey: null } });
    await bench.deliver();
    await bench.settle();
    const { handler, item } = await heldItem();
    expect(item.code).toBe('PATIENT_ID_MISSING');
    await bench.store.unitOfWork.run((tx) => handler.release(tx, item));
    expect(await bench.stateOfSets()).toEqual([]);
    expect(await bench.series()).toMatchObject({ state: 'held', stateCode: 'GAP' });
    const gap = await bench.store.readStore.manager.findOneByOrFail(HeldItemEntity, { code: 'GAP' });
    await bench.store.unitOfWork.run((tx) => handler.release(tx, gap));
    expect(await bench.stateOfSets()).toEqual(['complete 4']);
  });

  it('releases no slice that came after the person looked', async () => {
    await bench.send([0, 1, 3, 4]);
    await bench.deliver();
    await bench.settle();
    const { handler, item } = await heldItem();
    await bench.send([6]);
    await expect(bench.store.unitOfWork.run((tx) => handler.release(tx, item))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await bench.deliver();
    expect(await bench.series()).toMatchObject({ state: 'open' });
  });

  it('cannot release what is no volume', async () => {
    const association = await bench.open();
    for (const k of [0, 1, 2, 3]) await bench.store1(association, k, { header: { gantryTiltDegrees: 15 } });
    await bench.deliver();
    await bench.settle();
    const { handler, item } = await heldItem();
    await expect(bench.store.unitOfWork.run((tx) => handler.release(tx, item))).rejects.toMatchObject({
      code: 'SERIES_NOT_USABLE',
    });
    expect((await bench.series()).state).toBe('held');
  });

  it('discards: the series stays so whatever comes later', async () => {
    await bench.send([0, 1, 3, 4]);
    await bench.deliver();
    await bench.settle();
    const { handler, item } = await heldItem();
    await bench.store.unitOfWork.run((tx) => handler.discard(tx, item));
    await bench.send([2]);
    await bench.deliver();
    await bench.settle();
    expect(await bench.stateOfSets()).toEqual([]);
    expect((await bench.series()).state).toBe('discarded');
    expect(new Set(await bench.dispositions())).toEqual(new Set(['notApplicable SERIES_DISCARDED']));
  });
});
