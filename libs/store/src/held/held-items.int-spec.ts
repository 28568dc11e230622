/** One open item per (kind, subject, code); resolving is idempotent and says who and why. */
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { JournalEntryEntity } from '../journal/journal.entity';
import { appendJournal } from '../journal/journal';
import { HeldItemEntity } from '../selection/selection.entity';
import { holdItem, resolveHeldItem, resolveHeldItemsOf } from './held-items';
import type { HeldFact } from './held-items';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const GAP: HeldFact = {
  kind: 'series',
  centreId: 'odense',
  subjectId: 'series-1',
  code: 'SERIES_NOT_USABLE',
  reason: 'a slice is missing at 120 mm',
  details: { gapMm: 6, positions: [120, 126] },
};
const RELEASED = { state: 'released', by: 'operator', why: 'the gap is known' } as const;

testStores('held items', (database) => {
  let store: TestStore;
  beforeEach(async () => {
    store = await database.open();
  });
  afterEach(() => store.dispose());

  const hold = (fact: HeldFact) => store.unitOfWork.run((tx) => holdItem(tx, store.clock, fact));
  const items = () => store.readStore.manager.find(HeldItemEntity, { order: { id: 'ASC' } });

  it('are held once while they are open', async () => {
    const first = await hold(GAP);
    expect(await hold(GAP)).toBe(first);
    const other = await hold({ ...GAP, code: 'PARAMETER_MISSING' });
    expect(other).not.toBe(first);
    expect(await items()).toEqual([
      {
        ...GAP,
        id: first,
        state: 'held',
        heldAt: store.clock.now(),
        resolvedAt: null,
        resolvedBy: null,
        resolvedWhy: null,
      },
      expect.objectContaining({ id: other, code: 'PARAMETER_MISSING' }),
    ]);
  });

  it('are held once when two units hold them at the same time', async () => {
    await Promise.all([hold(GAP), hold(GAP), hold(GAP)]);
    expect(await items()).toHaveLength(1);
  });

  it('are resolved once, and may be held again', async () => {
    const id = await hold(GAP);
    const resolve = (why: string) =>
      store.unitOfWork.run((tx) => resolveHeldItem(tx, store.clock, id, { ...RELEASED, why }));
    expect(await resolve('first')).toBe(true);
    expect(await resolve('second')).toBe(false);
    expect((await items())[0]).toMatchObject({ state: 'released', resolvedBy: 'operator', resolvedWhy: 'first' });
    expect(await hold(GAP)).not.toBe(id);
  });

  it('of a subject are resolved together, or those of one code', async () => {
    for (const code of ['A', 'B', 'C']) await hold({ ...GAP, code });
    await hold({ ...GAP, subjectId: 'series-2' });
    const subject = { kind: 'series', subjectId: 'series-1' } as const;
    const resolve = (code?: string) =>
      store.unitOfWork.run((tx) =>
        resolveHeldItemsOf(tx, store.clock, code === undefined ? subject : { ...subject, code }, RELEASED),
      );
    expect(await resolve('B')).toBe(1);
    expect(await resolve()).toBe(2);
    expect((await items()).map(({ state }) => state)).toEqual(['released', 'released', 'released', 'held']);
  });

  it('share their transaction with the journal', async () => {
    const failing = store.unitOfWork.run(async (tx) => {
      await holdItem(tx, store.clock, GAP);
      await appendJournal(tx, store.clock, { kind: 'series.held', actor: 'hub', subjectId: 'series-1', text: 'held' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await items()).toEqual([]);
    expect(await store.readStore.manager.count(JournalEntryEntity)).toBe(0);
  });
});
