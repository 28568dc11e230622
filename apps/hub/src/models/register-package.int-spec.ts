/** Registration on real databases and a real file system: whole or not at all, the same again, other content refused. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CrashPoints } from '@modelbank/contracts';
import { HubError } from '@modelbank/contracts';
import { JournalEntryEntity, ModelVersionEntity, OutboxMessageEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { EXAMPLE_MODEL_YAML } from './example-package';
import { RegisterPackage } from './register-package';

const FILES: Readonly<Record<string, string>> = {
  'model.yaml': EXAMPLE_MODEL_YAML,
  'model.onnx': 'not a real network',
  'MODEL_CARD.md': '# Lungs',
  'golden/case-1/expected.json': '{}',
};
const NEVER: CrashPoints = { reach: () => undefined };

testStores('register a package', (database) => {
  let store: TestStore;
  let source: string;
  beforeEach(async () => {
    store = await database.open();
    source = await mkdtemp(join(tmpdir(), 'modelbank-package-'));
    await write(FILES);
  });
  afterEach(async () => {
    await store.dispose();
    await rm(source, { recursive: true });
  });

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(source, path)), { recursive: true });
      await writeFile(join(source, path), text);
    }
  }
  const registration = (crashPoints = NEVER, inspect: () => Promise<unknown> = async () => undefined) =>
    new RegisterPackage(store.configuration, store.unitOfWork, store.clock, crashPoints, { inspect });
  const versions = () => store.readStore.manager.find(ModelVersionEntity);
  const shelf = (...path: string[]) => join(store.configuration.home, 'models', ...path);
  const staged = () => (existsSync(shelf('.staging')) ? readdir(shelf('.staging')) : Promise.resolve([]));

  it('keeps a copy, its digests, an event and a journal entry', async () => {
    const { modelVersion, isNew, warnings } = await registration().register(source, 'operator');
    expect({ isNew, warnings }).toEqual({ isNew: true, warnings: [] });
    expect(modelVersion).toMatchObject({ modelId: 'example-lungs', version: '1.2.0', task: 'lung-contouring' });
    expect(modelVersion.folder).toBe('models/example-lungs/1.2.0');
    for (const [path, text] of Object.entries(FILES)) {
      expect(await readFile(join(store.configuration.home, modelVersion.folder, path), 'utf8')).toBe(text);
      expect(modelVersion.files[path]).toBe(createHash('sha256').update(text).digest('hex'));
    }
    expect(await versions()).toEqual([modelVersion]);
    const [event] = await store.readStore.manager.findBy(OutboxMessageEntity, { queue: 'selection.model.registered' });
    expect(event.envelope.body).toEqual({ modelVersionId: modelVersion.id });
    const [entry] = await store.readStore.manager.findBy(JournalEntryEntity, { kind: 'model.registered' });
    expect(entry).toMatchObject({ actor: 'operator', subjectId: modelVersion.id });
    expect(await staged()).toEqual([]);
  });

  it('takes the same package twice, at the same time too, and registers it once', async () => {
    const service = registration();
    const both = await Promise.all([service.register(source, 'operator'), service.register(source, 'operator')]);
    expect(both.map(({ isNew }) => isNew)).toEqual([true, false]);
    expect(both[0].modelVersion.id).toBe(both[1].modelVersion.id);
    expect(await versions()).toHaveLength(1);
  });

  it('refuses other content under the same version, and keeps what it has', async () => {
    await registration().register(source, 'operator');
    await write({ 'MODEL_CARD.md': '# Other lungs' });
    await expect(registration().register(source, 'operator')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await readFile(shelf('example-lungs', '1.2.0', 'MODEL_CARD.md'), 'utf8')).toBe('# Lungs');
    expect(await staged()).toEqual([]);
  });

  it('replaces what a registration left that died before its commit', async () => {
    const dies: CrashPoints = {
      reach: (point) => {
        if (point === 'models.beforeCommit') throw new Error('killed');
      },
    };
    await expect(registration(dies).register(source, 'operator')).rejects.toThrow();
    expect(await versions()).toEqual([]);
    await write({ 'MODEL_CARD.md': '# Corrected lungs' });
    await registration().register(source, 'operator');
    expect(await readFile(shelf('example-lungs', '1.2.0', 'MODEL_CARD.md'), 'utf8')).toBe('# Corrected lungs');
  });

  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    ['no manifest', () => rm(join(source, 'model.yaml')), 'PACKAGE_INVALID', /model\.yaml is missing/],
    ['no network', () => rm(join(source, 'model.onnx')), 'PACKAGE_INVALID', /lacks model\.onnx/],
    ['no card', () => rm(join(source, 'MODEL_CARD.md')), 'PACKAGE_INVALID', /lacks MODEL_CARD\.md/],
    ['no golden case', () => rm(join(source, 'golden'), { recursive: true }), 'PACKAGE_INVALID', /lacks golden/],
    ['a wrong manifest', () => write({ 'model.yaml': 'id: 1' }), 'MANIFEST_INVALID', /line 1: id: must be text/],
    ['a link', () => symlink('/etc/passwd', join(source, 'notes.txt')), 'PACKAGE_INVALID', /a link/],
    ['a linked folder', () => symlink('/etc', join(source, 'etc')), 'PACKAGE_INVALID', /a link/],
    ['a pipe', async () => execFileSync('mkfifo', [join(source, 'pipe.txt')]), 'PACKAGE_INVALID', /special file/],
    ['a program', () => write({ 'run.exe': '' }), 'PACKAGE_INVALID', /not of a file type/],
    ['a hidden file', () => write({ '.DS_Store': '' }), 'PACKAGE_INVALID', /name that is not allowed/],
  ])('refuses a package with %s and keeps nothing', async (_, change, code, message) => {
    await change();
    const failure: unknown = await registration()
      .register(source, 'operator')
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(HubError);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message), advice: expect.any(String) });
    expect(await versions()).toEqual([]);
    expect(await staged()).toEqual([]);
    expect(existsSync(shelf('example-lungs'))).toBe(false);
  });

  it('takes a package without golden cases that says why', async () => {
    await rm(join(source, 'golden'), { recursive: true });
    await write({ 'model.yaml': `${EXAMPLE_MODEL_YAML}goldenCases: { noneBecause: The data may not leave. }\n` });
    expect((await registration().register(source, 'operator')).isNew).toBe(true);
  });

  it('refuses a package whose networks do not fit, and keeps nothing', async () => {
    const inspect = () => Promise.reject(new HubError('PACKAGE_INVALID', 'network "lungs": gives 3 channels'));
    await expect(registration(NEVER, inspect).register(source, 'operator')).rejects.toThrow('3 channels');
    expect(existsSync(shelf('example-lungs'))).toBe(false);
  });

  it.each([['relative/folder'], ['/there/is/no/such/folder']])('refuses the folder %s', async (folder) => {
    await expect(registration().register(folder, 'operator')).rejects.toMatchObject({ code: 'PACKAGE_INVALID' });
  });

  it("refuses the hub's own copies and clears what was staged at start-up", async () => {
    await registration().register(source, 'operator');
    const own = shelf('example-lungs', '1.2.0');
    await expect(registration().register(own, 'operator')).rejects.toMatchObject({ code: 'PACKAGE_INVALID' });
    await mkdir(shelf('.staging', 'left'), { recursive: true });
    await registration().onModuleInit();
    expect(existsSync(shelf('.staging'))).toBe(false);
  });
});
