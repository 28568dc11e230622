/** Rows written and found with prepared SQL are those that TypeORM's own builders write and find, on every database. */
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { CallingAeEntity, CentreEntity } from '../centres/centre.entity';
import { JournalEntryEntity } from '../journal/journal.entity';
import { deleteRows } from './delete-rows';
import { findRows } from './find-rows';
import { insertRow } from './insert-row';
import { LONGEST_LIST } from './key-condition';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const AT = new Date('2026-01-01T08:00:00.123Z');
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `c${String(index).padStart(4, '0')}`);
const centre = (id: string) => ({ id, name: `Ærø "${id}" $1 ? @0`, createdAt: AT });

testStores('prepared rows', (database) => {
  let store: TestStore;
  beforeEach(async () => {
    store = await database.open();
  });
  afterEach(() => store.dispose());

  it('keep text, times, flags, numbers, JSON and null exactly', async () => {
    const entry = { id: 'j', at: AT, kind: 'test.done', centreId: null, actor: 'hub', subjectId: null, text: 'Æ' };
    const details = { code: 'X', nested: [1, { a: null }] };
    const ae = { id: 'a', centreId: 'c', aeTitle: 'CT1', settleTimeMs: 90_000, sendsWholeSeries: true };
    await store.unitOfWork.run(async ({ manager }) => {
      await insertRow(manager, CentreEntity, centre('c'));
      await insertRow(manager, CallingAeEntity, manager.create(CallingAeEntity, ae));
      await insertRow(manager, JournalEntryEntity, { ...entry, details });
    });
    const { manager } = store.readStore;
    expect(await manager.findOneByOrFail(JournalEntryEntity, { id: 'j' })).toEqual({ ...entry, details });
    expect(await manager.findOneByOrFail(CallingAeEntity, { id: 'a' })).toMatchObject(ae);
    const columns = ['at', 'details', 'subjectId'] as const;
    expect(await findRows(manager, JournalEntryEntity, columns, { id: 'j' })).toEqual([
      { at: AT, details, subjectId: null },
    ]);
    expect(await findRows(manager, CallingAeEntity, ['sendsWholeSeries'], { aeTitle: 'CT1' })).toEqual([
      { sendsWholeSeries: true },
    ]);
  });

  it.each([1, 7, 8, 9, 300, LONGEST_LIST])('are found by a list of %i keys, and by nothing else', async (count) => {
    await store.unitOfWork.run(({ manager }) => insertRow(manager, CentreEntity, numbered(1_500).map(centre)));
    const wanted = numbered(1_500).slice(-count);
    const found = await findRows(store.readStore.manager, CentreEntity, ['id', 'name'], { id: wanted });
    expect(found.map(({ id }) => id).sort()).toEqual(wanted);
    expect(found[0].name).toBe(centre(found[0].id).name);
  });

  it('are deleted by their keys', async () => {
    await store.unitOfWork.run(({ manager }) => insertRow(manager, CentreEntity, numbered(20).map(centre)));
    await store.unitOfWork.run(({ manager }) => deleteRows(manager, CentreEntity, { id: numbered(12) }));
    expect(await store.readStore.manager.count(CentreEntity)).toBe(8);
  });

  it('are refused without a key, with too many, and for a column that does not exist', async () => {
    const { manager } = store.readStore;
    await expect(findRows(manager, CentreEntity, ['id'], {})).rejects.toThrow('needs a key');
    await expect(findRows(manager, CentreEntity, ['id'], { id: [] })).rejects.toThrow('1 to 512 values');
    await expect(findRows(manager, CentreEntity, ['id'], { id: numbered(513) })).rejects.toThrow('1 to 512 values');
    await expect(findRows(manager, CentreEntity, ['id'], { colour: 'red' } as never)).rejects.toThrow('no column');
  });
});
