/** The selection stage on a real store: what is selected, held, outranked, denied or not applicable, told once each. */
import { HubError } from '@modelbank/contracts';
import { parseManifest } from '@modelbank/registry';
import { CandidateEntity, JournalEntryEntity, TaskSelectionEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { OPERATOR_SCOPE } from '../access';
import { ExplanationController } from './explanation.controller';
import { modelYaml, SelectionHarness } from './selection-harness';

testStores('selection', (database) => {
  let store: TestStore;
  let hub: SelectionHarness;
  beforeEach(async () => {
    store = await database.open();
    hub = new SelectionHarness(store);
  });
  afterEach(() => store.dispose());

  const candidates = (inputSetId: string) => store.readStore.manager.findBy(CandidateEntity, { inputSetId });

  it('selects the newest version that applies and tells dispatch once', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{ modalities: [CT] }'));
    const newest = await hub.register(modelYaml('lungs', '1.1.0', '{ modalities: [CT] }'));
    await hub.register(modelYaml('lungs', '2.0.0', '{ slices: { min: 500 } }'));
    const inputSetId = await hub.assemble();
    await hub.settle();
    const [row] = await store.readStore.manager.find(TaskSelectionEntity);
    expect(row).toMatchObject({ inputSetId, task: 'lungs', state: 'selected', modelVersionId: newest, parameters: {} });
    expect(await hub.told('models.selected', 'dispatch')).toEqual([
      { inputSetId, centreId: 'odense', taskSelectionIds: [row.id] },
    ]);
    const all = await candidates(inputSetId);
    expect(all.map(({ applies }) => applies).sort()).toEqual([false, true, true]);
    expect(all.find(({ applies }) => !applies)).toMatchObject({
      release: null,
      criteria: expect.arrayContaining([
        { criterion: 'inputs.ct.applicability.slices', required: 'at least 500', observed: '50', outcome: 'notMet' },
      ]),
    });
    expect(all.find(({ applies }) => applies)?.release).toMatchObject({ allowed: true, code: 'TEST', row: '5' });
  });

  it('changes nothing when a message comes twice', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    await hub.assemble();
    const [, message] = (await hub.outbox()).filter(({ queue }) => queue.startsWith('selection.'));
    await hub.settle();
    await hub.handle(message);
    expect(await hub.told('models.selected', 'dispatch')).toHaveLength(1);
  });

  it('writes nothing when it dies before the commit, and all of it the next time', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    await hub.settle();
    await hub.assemble();
    hub.crashPoints = {
      reach: (point) => {
        if (point === 'selection.beforeCommit') throw new Error('killed');
      },
    };
    await expect(hub.settle()).rejects.toThrow('killed');
    expect(await hub.tasks()).toEqual({});
    hub.crashPoints = { reach: () => undefined };
    await hub.settle();
    expect(Object.values(await hub.tasks())).toEqual(['selected']);
  });

  it('ends as not applicable where nothing applies, and tells the nearest misses', async () => {
    await hub.register(modelYaml('far', '1.0.0', '{ modalities: [MR], slices: { min: 500 } }'));
    await hub.register(modelYaml('near', '1.0.0', '{ modalities: [CT], slices: { min: 51 } }'));
    const inputSetId = await hub.assemble();
    await hub.settle();
    expect(await hub.told('inputSet.notApplicable', 'journal')).toEqual([{ inputSetId, centreId: 'odense' }]);
    const [series] = await new ExplanationController(store.readStore).explain('2.25.1001', OPERATOR_SCOPE);
    expect(series.inputSets[0].outcome).toBe('notApplicable');
    expect(series.inputSets[0].nearestMisses.map(({ modelId, missed }) => [modelId, missed.length])).toEqual([
      ['near', 1],
      ['far', 2],
    ]);
  });

  it('never runs a localizer or a derived image', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    await hub.assemble({ header: { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] } });
    await hub.assemble({ header: { imageType: ['DERIVED', 'SECONDARY', 'AXIAL'] } });
    await hub.settle();
    expect(await hub.tasks()).toEqual({});
    expect(await hub.told('inputSet.notApplicable', 'journal')).toHaveLength(2);
  });

  it('denies every purpose but test, in the journal too', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    const inputSetId = await hub.assemble({ purpose: 'care' });
    await hub.settle();
    expect(await hub.tasks()).toEqual({ [inputSetId]: 'NO_ROW_MATCHES' });
    const [entry] = await store.readStore.manager.findBy(JournalEntryEntity, { kind: 'selection.denied' });
    expect(entry).toMatchObject({ subjectId: inputSetId, text: expect.stringContaining('purpose care') });
    expect(await hub.told('models.selected', 'dispatch')).toEqual([]);
    expect(await hub.told('inputSet.notApplicable', 'journal')).toHaveLength(1);
  });

  it('reads descriptions from the file and keeps none of them', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', "{ descriptions: { anyOf: ['^chest'] } }"));
    const inputSetId = await hub.assemble({ description: 'CHEST Nancy Ann 010203-1234' });
    await hub.settle();
    expect(await hub.tasks()).toEqual({ [inputSetId]: 'selected' });
    expect(JSON.stringify([await candidates(inputSetId), await hub.outbox()])).not.toMatch(/nancy|010203/i);
  });

  describe('image facts', () => {
    const FACTS = '{ image: { lungVolumeMl: { min: 1000 } } }';

    it('are measured once, and only where a version waits for nothing else', async () => {
      await hub.register(modelYaml('lungs', '1.0.0', FACTS));
      await hub.register(modelYaml('never', '1.0.0', '{ modalities: [MR], image: { boneFraction: { max: 1 } } }'));
      await hub.assemble();
      await hub.assemble({ slices: 60 });
      await hub.settle();
      expect(hub.measured).toHaveLength(2);
      expect(hub.measured[0]).toEqual([{ path: expect.any(String), sha256: 'o', sopInstanceUid: '2.25.1001.1' }]);
      expect(Object.values(await hub.tasks()).sort()).toEqual(['BETTER_SERIES', 'selected']);
    });

    it('are not measured when no version asks for them', async () => {
      await hub.register(modelYaml('never', '1.0.0', '{ modalities: [MR], image: { boneFraction: { max: 1 } } }'));
      await hub.assemble();
      await hub.settle();
      expect(hub.measured).toEqual([]);
    });

    it('hold the input set when they cannot be measured; release tries again', async () => {
      await hub.register(modelYaml('lungs', '1.0.0', FACTS));
      hub.facts = new HubError('DECODING_FAILED', 'the pixel data could not be decoded');
      const inputSetId = await hub.assemble();
      await hub.settle();
      const [item] = await hub.held();
      expect(item).toMatchObject({ kind: 'selection', code: 'DECODING_FAILED', subjectId: inputSetId });
      expect(await hub.told('inputSet.notApplicable', 'journal')).toEqual([]);
      hub.facts = { lungVolumeMl: 4000 } as never;
      await hub.decide('release', item.id);
      await hub.settle();
      expect(await hub.tasks()).toEqual({ [inputSetId]: 'selected' });
    });

    it('are done without when a person discards the held item', async () => {
      await hub.register(modelYaml('lungs', '1.0.0', FACTS));
      hub.facts = new HubError('DECODING_FAILED', 'the pixel data could not be decoded');
      await hub.assemble();
      await hub.settle();
      const [item] = await hub.held();
      await hub.decide('discard', item.id);
      await hub.settle();
      expect(await hub.held()).toEqual([]);
      expect(hub.measured).toHaveLength(1);
    });

    it('are tried again by the broker when the hub is not well', async () => {
      await hub.register(modelYaml('lungs', '1.0.0', FACTS));
      await hub.settle();
      hub.facts = new HubError('STORAGE_FAILED', 'the disk is gone');
      await hub.assemble();
      await expect(hub.settle()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      expect(await hub.held()).toEqual([]);
    });
  });

  it('looks again at what is held or not applicable when a version is registered, and at nothing else', async () => {
    const inputSetId = await hub.assemble();
    await hub.settle();
    expect(await hub.tasks()).toEqual({});
    const first = await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    await hub.settle();
    expect(await hub.tasks()).toEqual({ [inputSetId]: 'selected' });
    await hub.register(modelYaml('lungs', '2.0.0', '{}'));
    await hub.settle();
    const [row] = await store.readStore.manager.find(TaskSelectionEntity);
    expect(row.modelVersionId).toBe(first);
    expect(await hub.told('models.selected', 'dispatch')).toHaveLength(1);
  });

  it('leaves a study of more than 7 days alone to which nothing applied, but not what is held', async () => {
    await hub.register(modelYaml('one', '1.0.0', '{ modalities: [CT] }'));
    await hub.register(modelYaml('two', '1.0.0', '{ modalities: [CT] }'));
    const held = await hub.assemble();
    const old = await hub.assemble({ frameOfReferenceUid: '2.25.7', header: { modality: 'MR' } });
    await hub.settle();
    await store.clock.advance(7 * 24 * 60 * 60 * 1000 + 1);
    const recent = await hub.assemble({ frameOfReferenceUid: '2.25.8', header: { modality: 'MR' } });
    await hub.settle();
    expect(await hub.tasks()).toEqual({ [held]: 'TASK_CONTESTED' });
    const third = await hub.register(modelYaml('three', '1.0.0', '{}'));
    await hub.settle();
    expect(await hub.tasks()).toEqual({ [held]: 'TASK_CONTESTED', [recent]: 'selected' });
    const weighed = async (inputSetId: string) =>
      (await candidates(inputSetId)).some(({ modelVersionId }) => modelVersionId === third);
    expect([await weighed(held), await weighed(old)]).toEqual([true, false]);
  });

  it('reaches every study when a version is registered, also behind one that cannot be measured now', async () => {
    const first = await hub.assemble();
    const other = await hub.assemble({ frameOfReferenceUid: '2.25.7' });
    await hub.settle();
    await hub.register(modelYaml('lungs', '1.0.0', '{ image: { lungVolumeMl: { min: 1000 } } }'));
    hub.whileMeasuring = async () => {
      hub.whileMeasuring = async () => undefined;
      throw new HubError('STORAGE_FAILED', 'the disk is slow');
    };
    await expect(hub.settle()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await hub.tasks()).toEqual({ [other]: 'selected' });
    await hub.settle();
    expect(await hub.tasks()).toEqual({ [other]: 'selected', [first]: 'selected' });
  });

  it('evaluates again when a better series is assembled while it measures', async () => {
    await hub.registerQuietly([
      parseManifest(modelYaml('lungs', '1.0.0', '{ image: { lungVolumeMl: { min: 1000 } } }')),
    ]);
    const first = await hub.assemble({ slices: 40 });
    const [message] = await hub.outbox();
    let second = '';
    hub.whileMeasuring = async () => {
      hub.whileMeasuring = async () => undefined;
      second = await hub.assemble({ slices: 80 });
    };
    await hub.handle(message);
    expect(await hub.tasks()).toEqual({ [first]: 'BETTER_SERIES', [second]: 'selected' });
    expect(hub.measured).toHaveLength(2);
  });

  it('comes to one result when two messages of a study are handled at the same time', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    await hub.settle();
    const first = await hub.assemble({ slices: 40 });
    const second = await hub.assemble({ slices: 80 });
    const messages = (await hub.outbox()).filter(({ queue }) => queue.startsWith('selection.'));
    await Promise.all(messages.map((message) => hub.handle(message)));
    expect(await hub.tasks()).toEqual({ [first]: 'BETTER_SERIES', [second]: 'selected' });
    expect(await hub.told('models.selected', 'dispatch')).toHaveLength(1);
  });

  it('never weighs two patients, or a care and a test series, of one study against each other', async () => {
    await hub.register(modelYaml('lungs', '1.0.0', '{}'));
    const first = await hub.assemble({ patientKey: 'one', slices: 40 });
    const second = await hub.assemble({ patientKey: 'two', slices: 80 });
    const unknown = await hub.assemble({ slices: 90 });
    const care = await hub.assemble({ patientKey: 'one', purpose: 'care', slices: 95 });
    await hub.settle();
    const apart = { [first]: 'selected', [second]: 'selected', [unknown]: 'selected' };
    expect(await hub.tasks()).toEqual({ ...apart, [care]: 'NO_ROW_MATCHES' });
  });

  it('handles an input set against 500 versions in well under a second', async () => {
    const manifest = parseManifest(modelYaml('lungs', '1.0.0', '{ modalities: [CT], slices: { min: 60 }, sex: [F] }'));
    await hub.registerQuietly(Array.from({ length: 500 }, (_, index) => ({ ...manifest, version: `1.0.${index}` })));
    const inputSetId = await hub.assemble();
    const started = process.hrtime.bigint();
    await hub.settle();
    const elapsedMs = Number(process.hrtime.bigint() - started) / 1e6;
    process.stderr.write(
      `selection: one input set against 500 versions in ${elapsedMs.toFixed(0)} ms (${database.type})\n`,
    );
    expect(await candidates(inputSetId)).toHaveLength(500);
  }, 60_000);
});
