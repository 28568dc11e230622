/** What the child refuses, each with its code and the label or file named; with real ONNX graphs of a few nodes. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { InferenceJobSpec, JobInstance } from '@modelbank/contracts';
import type { Grid, Vec3 } from '@modelbank/geometry';
import { parseManifest } from '@modelbank/registry';
import type { ModelManifest } from '@modelbank/registry';
import { compileChild } from '../test-support/compile-child';
import { jobOf, writePackage } from '../test-support/package-job';
import { sha256, storeSeries } from '../test-support/stored-series';
import { tinyOnnx } from '../test-support/tiny-onnx';
import type { TinyNode } from '../test-support/tiny-onnx';
import { inspectPackageNetworks } from './inspect-package-networks';
import { runChild } from './run-child';
import { hasTool, itWhen } from '@modelbank/testing';

const GRID: Grid = {
  columns: 12,
  rows: 10,
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  normal: [0, 0, 1],
  columnSpacingMm: 2,
  rowSpacingMm: 2,
  origins: Array.from({ length: 8 }, (_, k): Vec3 => [0, 0, 3 * k]),
};
const LIMITS = { timeoutMs: 60_000, memoryMiB: 1024 };

const node = (operator: string, inputs: string[], output: string, integers?: Record<string, number>): TinyNode => ({
  operator,
  inputs,
  output,
  integers,
});
const network = (nodes: TinyNode[], channels = 1) => tinyOnnx({ nodes, input: 'x', output: 'y', channels });
const CONCAT = node('Concat', ['x', 'x'], 'y', { axis: 1 });
/** log(-x * x) */
const NOT_A_NUMBER = network([
  node('Mul', ['x', 'x'], 'square'),
  node('Neg', ['square'], 'negative'),
  node('Log', ['negative'], 'y'),
]);
const IDENTITY = network([node('Identity', ['x'], 'y')]);
const identityOf = (input: string, output: string) =>
  tinyOnnx({ nodes: [node('Identity', [input], output)], input, output, channels: 1 });
const ZERO = network([node('Sub', ['x', 'x'], 'y')]);
const above = (channel: number, value: number) => ({ type: 'threshold', channel, above: value }) as const;
const label = (name: string, source: ReturnType<typeof above> | { type: 'argmax'; channel: number }) => ({
  name,
  source,
  color: [1, 2, 3] as const,
  interpretedType: 'ORGAN',
});

describe('what the inference child refuses', () => {
  let folder: string;
  let entry: string;
  let instances: JobInstance[];
  let count = 0;

  beforeAll(() => {
    entry = compileChild();
    folder = mkdtempSync(join(tmpdir(), 'modelbank-refusals-'));
    // a block of 40 HU, 4 x 4 x 4, in air
    const isBlock = (i: number, j: number, k: number) => [i, j, k].every((at) => at >= 2 && at < 6);
    instances = storeSeries(join(folder, 'ct'), GRID, (k) =>
      Int16Array.from({ length: 120 }, (_, at) => (isBlock(at % 12, Math.floor(at / 12), k) ? 40 : -1000)),
    );
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function job(onnx: Uint8Array, changes: Partial<ModelManifest> = {}): InferenceJobSpec {
    const packageFolder = writePackage(join(folder, `package-${count++}`), onnx, changes);
    return jobOf(packageFolder, instances, join(folder, `out-${count}`));
  }

  async function failureOf(spec: InferenceJobSpec): Promise<{ code?: string; message?: string }> {
    return runChild(spec, { ...LIMITS, entry }).then(
      (outcome) => ({ message: `it went through: ${JSON.stringify(outcome.labels)}` }),
      ({ code, message }: { code: string; message: string }) => ({ code, message }),
    );
  }

  it('takes a sound package', async () => {
    const outcome = await runChild(job(IDENTITY), { ...LIMITS, entry });
    expect(outcome.labels).toMatchObject([{ name: 'Body', voxelCount: 64, volumeMl: 0.768, cutByScanEnd: false }]);
  });

  it('takes paths relative to the folder that the hub works in', async () => {
    const spec = job(IDENTITY);
    const here = (path: string) => relative(process.cwd(), path);
    const ct = instances.map((instance) => ({ ...instance, path: here(instance.path) }));
    const relativeSpec = { ...spec, packageFolder: here(spec.packageFolder), outputFolder: here(spec.outputFolder) };
    await runChild({ ...relativeSpec, inputs: { ct } }, { ...LIMITS, entry });
    expect(existsSync(join(spec.outputFolder, 'label-0.bits'))).toBe(true);
  });

  it('gives the same labels whole, by sliding window, as an ensemble and in the order x, y, z', async () => {
    const [only] = jobOf(writePackage(join(folder, 'plain'), IDENTITY), instances, folder).manifest.networks;
    const variants: Partial<ModelManifest>[] = [
      { inference: { mode: 'slidingWindow', window: [5, 4, 3], overlap: 0.5, activation: 'none', ensemble: 'mean' } },
      { networks: [only, { ...only, name: 'second' }] },
      { networks: [{ ...only, axes: 'xyz' }], preprocessing: { orientation: 'LIA', intensity: [] } },
      { preprocessing: { orientation: 'RAS', intensity: [], multipleOf: 16 } },
    ];
    const digests = new Set<string>();
    for (const changes of [{}, ...variants]) {
      const outcome = await runChild(job(IDENTITY, changes), { ...LIMITS, entry });
      digests.add(outcome.labels[0].sha256);
    }
    expect(digests.size).toBe(1);
  }, 60_000);

  it.each<[string, string, () => InferenceJobSpec]>([
    ['NaN', '"Body"', () => job(NOT_A_NUMBER)],
    ['an empty label', '"Body" is empty', () => job(ZERO, { labels: [label('Body', above(0, 0.5))] })],
    ['a full label', '"Body" fills', () => job(ZERO, { labels: [label('Body', above(0, -0.5))] })],
    [
      'all unusable labels at once',
      '"A" is empty; "B" fills',
      () => job(ZERO, { labels: [label('A', above(0, 1)), label('B', above(0, -1))] }),
    ],
    ['two channels where one was promised', 'returned 1x2x', () => job(network([CONCAT], 2))],
  ])('refuses %s', async (_, words, spec) => {
    const failure = await failureOf(spec());
    expect(failure.code).toBe('OUTPUT_UNUSABLE');
    expect(failure.message).toContain(words);
  });

  it('reads no file that a network names as its weights', async () => {
    const inWorkingFolder = '.cache/weights.bytes';
    writeFileSync(inWorkingFolder, Buffer.alloc(4096));
    for (const file of [inWorkingFolder, join(process.cwd(), inWorkingFolder), 'weights.data']) {
      const reading = tinyOnnx({
        nodes: [node('Add', ['x', 'w'], 'y')],
        input: 'x',
        output: 'y',
        channels: 1,
        weightInFile: { name: 'w', file },
      });
      const spec = job(reading);
      writeFileSync(join(spec.packageFolder, 'weights.data'), Buffer.alloc(4096));
      const withData = jobOf(spec.packageFolder, instances, spec.outputFolder);
      expect(await failureOf(withData)).toMatchObject({ code: 'PACKAGE_INVALID' });
      await expect(inspectPackageNetworks(spec.packageFolder, spec.manifest, { entry })).rejects.toMatchObject({
        code: 'PACKAGE_INVALID',
      });
    }
  }, 60_000);

  it('takes an empty label that may be empty', async () => {
    const labels = [{ ...label('Gone', above(0, 5000)), mayBeEmpty: true }, { ...label('Kept', above(0, -500)) }];
    const outcome = await runChild(job(IDENTITY, { labels }), { ...LIMITS, entry });
    expect(outcome.labels).toMatchObject([
      { name: 'Gone', empty: true, voxelCount: 0, volumeMl: 0, cutByScanEnd: false },
      { name: 'Kept', empty: false, voxelCount: 64 },
    ]);
  });

  it.each<[string, (packageFolder: string) => void]>([
    ['a flipped byte in the network', (at) => flipByte(join(at, 'model.onnx'))],
    ['a flipped byte in the card', (at) => flipByte(join(at, 'MODEL_CARD.md'))],
    ['an additional file', (at) => writeFileSync(join(at, 'extra.txt'), 'x')],
    ['a missing file', (at) => unlinkSync(join(at, 'MODEL_CARD.md'))],
    ['a link', (at) => symlinkSync('/etc/hostname', join(at, 'link'))],
  ])('refuses a package with %s', async (_, change) => {
    const spec = job(IDENTITY);
    change(spec.packageFolder);
    expect((await failureOf(spec)).code).toBe('PACKAGE_DIGEST_MISMATCH');
  });

  it('refuses an instance that changed, is missing, or is no DICOM', async () => {
    const spec = job(IDENTITY);
    const copies = join(folder, 'changed');
    cpSync(join(folder, 'ct'), copies, { recursive: true });
    const changed = instances.map((instance) => ({ ...instance, path: instance.path.replace('/ct/', '/changed/') }));
    flipByte(changed[3].path);
    expect((await failureOf({ ...spec, inputs: { ct: changed } })).code).toBe('OBJECT_CORRUPT');
    unlinkSync(changed[3].path);
    expect((await failureOf({ ...spec, inputs: { ct: changed } })).code).toBe('OBJECT_CORRUPT');
    const card = Object.entries(spec.packageFiles).find(([path]) => path === 'MODEL_CARD.md');
    const text = {
      path: join(spec.packageFolder, 'MODEL_CARD.md'),
      sha256: String(card?.[1]),
      sopInstanceUid: '2.25.1',
    };
    expect((await failureOf({ ...spec, inputs: { ct: [text, ...instances] } })).code).toBe('NOT_DICOM');
  });

  itWhen(hasTool('/usr/bin/dcmcrle'), 'dcmtk is not installed').each(['dcmcrle', 'dcmcjpls', 'dcmcjpeg'])(
    'outlives a broken code stream made by %s',
    async (tool) => {
      const broken = instances.map((instance, at) => {
        const path = join(folder, `${tool}-${at}.dcm`);
        execFileSync(tool, [instance.path, path]);
        const bytes = readFileSync(path);
        // the last item is the frame; its first bytes say how to read the rest
        if (at === 2) bytes.fill(0x5a, bytes.length - 60, bytes.length - 10);
        writeFileSync(path, bytes);
        return { ...instance, path, sha256: sha256(bytes) };
      });
      const failure = await failureOf({ ...job(IDENTITY), inputs: { ct: broken } });
      expect(failure.code).toBe('DECODING_FAILED');
    },
  );

  it('refuses a slice that is there twice, without saying whose', async () => {
    const failure = await failureOf({ ...job(IDENTITY), inputs: { ct: [...instances, instances[3]] } });
    expect(failure.code).toBe('SERIES_NOT_USABLE');
    expect(failure.message).not.toContain('TEST');
  });

  it('ends a network that asks for more memory than it may', async () => {
    const doubled = Array.from({ length: 16 }, (_, n) =>
      node('Concat', n === 0 ? ['x', 'x'] : [`d${n - 1}`, `d${n - 1}`], `d${n}`, { axis: 2 }),
    );
    const spec = job(network([...doubled, node('Identity', ['d15'], 'y')]), {
      preprocessing: { orientation: 'LPS', size: [64, 64, 64], intensity: [] },
    });
    expect((await failureOf(spec)).code).toBe('INFERENCE_OUT_OF_MEMORY');
  }, 60_000);

  describe('at registration', () => {
    const inspect = (onnx: Uint8Array, changes: Partial<ModelManifest> = {}) => {
      const packageFolder = writePackage(join(folder, `package-${count++}`), onnx, changes);
      const manifest = parseManifest(readFileSync(join(packageFolder, 'model.yaml'), 'utf8'));
      return inspectPackageNetworks(packageFolder, manifest, { entry });
    };

    it('finds the names and channels that the manifest promises', async () => {
      await expect(inspect(IDENTITY)).resolves.toMatchObject([{ inputNames: ['x'], outputNames: ['y'], problems: [] }]);
    });

    it.each<[string, string, Uint8Array]>([
      ['another output name', 'no output "y" but "z"', identityOf('x', 'z')],
      ['another input name', 'no input "x" but "w"', identityOf('w', 'y')],
      ['other channels', 'has 2 channels, not 1', network([CONCAT], 2)],
      ['no ONNX', 'cannot be opened', Buffer.from('this is not a protocol buffer')],
    ])('refuses a network with %s', async (_, words, onnx) => {
      await expect(inspect(onnx)).rejects.toMatchObject({
        code: 'PACKAGE_INVALID',
        message: expect.stringContaining(words),
      });
    });
  });
});

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  writeFileSync(path, bytes);
}
