/** Irreversibly compressed images run on a model that takes them, wait for a person where one would but for that, and are never run else. */
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { modelYaml, SelectionHarness } from './selection-harness';

const COMPRESSED = { header: { lossyCompressed: true } } as const;

testStores('irreversible compression', (database) => {
  let store: TestStore;
  let hub: SelectionHarness;
  beforeEach(async () => {
    store = await database.open();
    hub = new SelectionHarness(store);
  });
  afterEach(() => store.dispose());

  it.each<[string, object]>([
    ['of what was lossy once', COMPRESSED.header],
    ['in JPEG 2000 that may be lossy', { transferSyntaxUid: '1.2.840.10008.1.2.4.91' }],
    ['in near-lossless JPEG-LS', { transferSyntaxUid: '1.2.840.10008.1.2.4.81' }],
    ['in JPEG', { transferSyntaxUid: '1.2.840.10008.1.2.4.51' }],
  ])('%s: held, and nothing runs', async (_, header) => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    const id = await hub.assemble({ header });
    await hub.settle();
    expect(await hub.tasks()).toEqual({});
    expect(await hub.held()).toMatchObject([
      { kind: 'selection', code: 'IRREVERSIBLY_COMPRESSED', subjectId: id, details: { inputSetId: id } },
    ]);
    expect(await hub.told('selection.held', 'journal')).toMatchObject([{ code: 'IRREVERSIBLY_COMPRESSED' }]);
    expect(await hub.told('inputSet.notApplicable', 'journal')).toEqual([]);
  });

  it('is no reason to wait where a model takes it, now or later', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    const id = await hub.assemble(COMPRESSED);
    await hub.settle();
    await hub.register(
      modelYaml(
        'lungs-lossy',
        '1.0.0',
        '{ acceptsIrreversibleCompression: true, image: { lungVolumeMl: { min: 1 } } }',
      ),
    );
    await hub.settle();
    expect(await hub.held()).toEqual([]);
    expect(await hub.tasks()).toEqual({ [id]: 'selected' });
    expect(hub.measured).toHaveLength(1);
  });

  it('is no reason to hold what no model would read anyway, nor what a person discarded', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{ modalities: [MR] }'));
    await hub.assemble(COMPRESSED);
    await hub.settle();
    expect(await hub.held()).toEqual([]);
    expect(await hub.told('inputSet.notApplicable', 'journal')).toHaveLength(1);
    await hub.register(modelYaml('lungs', '2.0.0', '{}'));
    await hub.settle();
    const [item] = await hub.held();
    await hub.decide('release', item.id);
    await hub.settle();
    const [again] = await hub.held();
    expect(again).toMatchObject({ code: 'IRREVERSIBLY_COMPRESSED' });
    await hub.decide('discard', again.id);
    await hub.settle();
    expect([await hub.held(), await hub.tasks()]).toEqual([[], {}]);
  });
});
