/** Where selection cannot decide alone: contested tasks, several series of one study, missing parameters, and a person's word. */
import type { HeldDecision } from '@modelbank/contracts';
import { HeldItemEntity, JournalEntryEntity, TaskSelectionEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { modelYaml, SelectionHarness } from './selection-harness';

const SIDE = `parameters: [{ name: side, type: enum, values: [left, right], description: Operated side. }]\n`;

testStores('held selections', (database) => {
  let store: TestStore;
  let hub: SelectionHarness;
  beforeEach(async () => {
    store = await database.open();
    hub = new SelectionHarness(store);
  });
  afterEach(() => store.dispose());

  describe('two models for one task', () => {
    let ids: string[];
    let inputSetId: string;
    beforeEach(async () => {
      ids = [
        await hub.register(modelYaml('a-lungs', '1.0.0', '{}')),
        await hub.register(modelYaml('b-lungs', '3.0.0', '{}')),
      ];
      inputSetId = await hub.assemble();
      await hub.settle();
    });

    it('holds the task with both named', async () => {
      const [item, ...others] = await hub.held();
      expect(others).toEqual([]);
      expect(item).toMatchObject({ kind: 'selection', code: 'TASK_CONTESTED', centreId: 'odense' });
      expect(item.reason).toContain('a-lungs 1.0.0 and b-lungs 3.0.0');
      expect(item.details).toMatchObject({ inputSetId, task: 'lungs', options: ids });
      expect(await hub.told('selection.held', 'journal')).toEqual([
        { inputSetId, heldItemId: item.id, centreId: 'odense', code: 'TASK_CONTESTED' },
      ]);
    });

    it('runs the one that a person chooses, and says who and why', async () => {
      const [item] = await hub.held();
      await expect(hub.decide('release', item.id)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
      await expect(hub.decide('release', item.id, { choose: 'other' })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
      });
      await hub.decide('release', item.id, { choose: ids[0] });
      await expect(hub.decide('release', item.id, { choose: ids[0] })).rejects.toMatchObject({ code: 'CONFLICT' });
      await hub.settle();
      const [row] = await store.readStore.manager.find(TaskSelectionEntity);
      expect(row).toMatchObject({ state: 'selected', modelVersionId: ids[0] });
      const resolved = await store.readStore.manager.findOneByOrFail(HeldItemEntity, { id: item.id });
      expect(resolved).toMatchObject({ state: 'released', resolvedBy: 'N. Physicist', resolvedWhy: 'Looked at it.' });
      expect(await store.readStore.manager.countBy(JournalEntryEntity, { kind: 'held.released' })).toBe(1);
    });

    it('runs none when a person discards it', async () => {
      const [item] = await hub.held();
      await hub.decide('discard', item.id);
      await hub.settle();
      expect(await hub.tasks()).toEqual({ [inputSetId]: 'TASK_CONTESTED' });
      const [row] = await store.readStore.manager.find(TaskSelectionEntity);
      expect(row.state).toBe('discarded');
      expect(await hub.held()).toEqual([]);
    });

    it('keeps the running model when a rival is registered later', async () => {
      const [item] = await hub.held();
      await hub.decide('release', item.id, { choose: ids[1] });
      await hub.settle();
      await hub.register(modelYaml('c-lungs', '1.0.0', '{}'));
      const second = await hub.assemble({ slices: 10 });
      await hub.settle();
      expect(await hub.tasks()).toEqual({ [inputSetId]: 'selected', [second]: 'BETTER_SERIES' });
    });
  });

  describe('several series of one study', () => {
    beforeEach(async () => {
      await hub.register(modelYaml('lungs', '1.0.0', '{}'));
      await hub.settle();
    });

    it.each([false, true])('runs on the best one whatever comes first (newest first: %p)', async (newestFirst) => {
      const small = await hub.assemble({ slices: 40 });
      const large = await hub.assemble({ slices: 80 });
      const other = await hub.assemble({ slices: 10, frameOfReferenceUid: '2.25.99' });
      await hub.settle(newestFirst);
      expect(await hub.tasks()).toEqual({ [small]: 'BETTER_SERIES', [large]: 'selected', [other]: 'selected' });
    });

    it('takes the task from a series that was selected before', async () => {
      const first = await hub.assemble({ slices: 40 });
      await hub.settle();
      const [{ id }] = await store.readStore.manager.find(TaskSelectionEntity);
      const better = await hub.assemble({ slices: 80 });
      await hub.settle();
      expect(await hub.tasks()).toEqual({ [first]: 'BETTER_SERIES', [better]: 'selected' });
      expect(await hub.told('task.outranked', 'dispatch')).toEqual([{ taskSelectionId: id, centreId: 'odense' }]);
    });

    it('gives the task to the next best when the best is superseded', async () => {
      const second = await hub.assemble({ slices: 40 });
      const best = await hub.assemble({ slices: 80 });
      await hub.settle();
      await hub.supersede(best);
      await hub.settle();
      expect(await hub.tasks()).toEqual({ [second]: 'selected', [best]: 'superseded' });
    });

    it.each([false, true])(
      'holds a tie with both named, and runs the chosen one (newest first: %p)',
      async (newest) => {
        const one = await hub.assemble();
        const two = await hub.assemble();
        await hub.settle(newest);
        const items = await hub.held();
        expect(items.map(({ code }) => code)).toEqual(['SERIES_TIE', 'SERIES_TIE']);
        expect(items[0].details).toMatchObject({
          options: [one, two],
          names: { [one]: '2.25.1001', [two]: '2.25.1002' },
        });
        expect(items[0].reason).toContain('2.25.1001 and 2.25.1002');
        await hub.decide('release', items[0].id, { choose: two });
        await hub.settle();
        expect(await hub.tasks()).toEqual({ [one]: 'BETTER_SERIES', [two]: 'selected' });
        expect(await hub.held()).toEqual([]);
      },
    );

    it('resolves what is held for a superseded input set', async () => {
      const one = await hub.assemble();
      const two = await hub.assemble();
      await hub.settle();
      await hub.supersede(two);
      await hub.settle();
      expect(await hub.tasks()).toEqual({ [one]: 'selected', [two]: 'superseded' });
      expect(await hub.held()).toEqual([]);
    });
  });

  describe('parameters', () => {
    beforeEach(async () => {
      await hub.register(modelYaml('lungs', '1.0.0', '{}', SIDE));
    });

    it('come from the called AE', async () => {
      await hub.assemble({ parameters: { side: 'left', other: 'x' } });
      await hub.settle();
      const [row] = await store.readStore.manager.find(TaskSelectionEntity);
      expect(row).toMatchObject({ state: 'selected', parameters: { side: 'left' } });
    });

    it('are asked of a person when they are missing', async () => {
      await hub.assemble();
      await hub.settle();
      const [item] = await hub.held();
      expect(item).toMatchObject({
        code: 'PARAMETER_MISSING',
        details: expect.objectContaining({ options: ['side'] }),
      });
      const wrong: HeldDecision['parameters'][] = [undefined, { side: 'up' }, { side: 'left', more: 1 }];
      for (const parameters of wrong) {
        await expect(hub.decide('release', item.id, { parameters })).rejects.toMatchObject({
          code: 'PARAMETER_MISSING',
        });
      }
      await hub.decide('release', item.id, { parameters: { side: 'right' } });
      await hub.settle();
      const [row] = await store.readStore.manager.find(TaskSelectionEntity);
      expect(row).toMatchObject({ state: 'selected', parameters: { side: 'right' } });
    });
  });
});
