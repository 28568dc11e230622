/** What selection does with an input set that it cannot read any more: it is held, and the other series of its study go on. */
import { InstanceEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { modelYaml, SelectionHarness } from './selection-harness';

testStores('selection without a file', (database) => {
  let store: TestStore;
  let hub: SelectionHarness;
  beforeEach(async () => {
    store = await database.open();
    hub = new SelectionHarness(store);
  });
  afterEach(() => store.dispose());

  describe('an input set whose file is gone', () => {
    let gone: string;
    let other: string;
    beforeEach(async () => {
      await hub.register(modelYaml('lungs', '1.0.0', '{}'));
      gone = await hub.assemble({ slices: 80 });
      await hub.store.objects.remove('ab/instance1');
      other = await hub.assemble({ slices: 40 });
      await hub.settle();
    });

    it('is held, once, and the other series of its study go on', async () => {
      expect(await hub.tasks()).toEqual({ [other]: 'selected' });
      const items = await hub.held();
      expect(items).toMatchObject([{ kind: 'selection', code: 'OBJECT_CORRUPT', subjectId: gone }]);
      expect(await hub.told('inputSet.notApplicable', 'journal')).toEqual([]);
    });

    it('is held again when it is released and still gone, and not when it is discarded', async () => {
      const [item] = await hub.held();
      await hub.decide('release', item.id);
      await hub.settle();
      const [again] = await hub.held();
      expect(again).toMatchObject({ code: 'OBJECT_CORRUPT', subjectId: gone });
      await hub.decide('discard', again.id);
      await hub.settle();
      expect(await hub.held()).toEqual([]);
    });
  });

  it('keeps a task with the input set that has it, also when its file is lost later', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    const first = await hub.assemble({ slices: 40 });
    await hub.settle();
    await hub.store.objects.remove('ab/instance1');
    const second = await hub.assemble({ slices: 80 });
    await hub.settle();
    expect(await hub.tasks()).toEqual({ [first]: 'selected', [second]: 'BETTER_SERIES' });
    expect(await hub.told('models.selected', 'dispatch')).toHaveLength(1);
  });

  it('leaves alone what retention took: it keeps its decision, and the study goes on without it', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    const first = await hub.assemble({ slices: 40 });
    await hub.settle();
    const deleted = {
      disposition: 'deleted',
      dispositionCode: 'AFTER_DELIVERY',
      deletedAt: store.clock.now(),
    } as const;
    await store.unitOfWork.run((tx) => tx.manager.update(InstanceEntity, { objectKey: 'ab/instance1' }, deleted));
    await hub.store.objects.remove('ab/instance1');
    const second = await hub.assemble({ slices: 80 });
    await hub.settle();
    expect(await hub.tasks()).toEqual({ [first]: 'selected', [second]: 'selected' });
    expect(await hub.held()).toEqual([]);
  });
});
