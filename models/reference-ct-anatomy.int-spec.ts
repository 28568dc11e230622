/** The reference package as it lies here: rebuilt to the same bytes, and its golden cases run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectPackageNetworks, runChild } from '@modelbank/inference';
import { anthropomorphicPhantom } from '@modelbank/phantoms';
import type { PhantomOptions } from '@modelbank/phantoms';
import { compileChild } from '../libs/inference/test-support/compile-child';
import { jobOf } from '../libs/inference/test-support/package-job';
import { sha256, storeSeries } from '../libs/inference/test-support/stored-series';
import { itWhen } from '@modelbank/testing';

const PACKAGE = join(__dirname, 'reference-ct-anatomy');
const GOLDEN = join(PACKAGE, 'golden');
const PYTHON = '/usr/bin/python3';

interface GoldenCase {
  readonly phantom: PhantomOptions;
  readonly labels: Readonly<Record<string, { readonly volumeMl: number; readonly toleranceMl: number }>>;
}

describe('models/reference-ct-anatomy', () => {
  let folder: string;
  let entry: string;

  beforeAll(() => {
    entry = compileChild();
    folder = mkdtempSync(join(tmpdir(), 'modelbank-reference-'));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const hasOnnx = spawnSync(PYTHON, ['-c', 'import onnx, numpy']).status === 0;

  itWhen(hasOnnx, `${PYTHON} has no onnx (Debian: python3-onnx)`)(
    'is built to the same bytes again',
    () => {
      const rebuilt = join(folder, 'model.onnx');
      execFileSync(PYTHON, [join(PACKAGE, 'build/build_model.py'), rebuilt]);
      expect(sha256(readFileSync(rebuilt))).toBe(sha256(readFileSync(join(PACKAGE, 'model.onnx'))));
    },
    60_000,
  );

  it('takes and gives what its manifest says', async () => {
    const { manifest } = jobOf(PACKAGE, [], folder);
    await expect(inspectPackageNetworks(PACKAGE, manifest, { entry })).resolves.toHaveLength(1);
  }, 30_000);

  it.each(readdirSync(GOLDEN))(
    'finds the volumes of %s',
    async (file) => {
      const golden = JSON.parse(readFileSync(join(GOLDEN, file), 'utf8')) as GoldenCase;
      const phantom = anthropomorphicPhantom(golden.phantom);
      const instances = storeSeries(join(folder, file), phantom.grid, phantom.slice);
      const outcome = await runChild(jobOf(PACKAGE, instances, join(folder, `${file}-out`)), {
        timeoutMs: 60_000,
        memoryMiB: 2048,
        entry,
      });
      expect(outcome.labels.map(({ name }) => name).sort()).toEqual(Object.keys(golden.labels).sort());
      for (const { name, volumeMl } of outcome.labels) {
        const { volumeMl: expected, toleranceMl } = golden.labels[name];
        expect({ name, off: Math.abs(volumeMl - expected) <= toleranceMl ? 0 : volumeMl - expected }).toEqual({
          name,
          off: 0,
        });
      }
    },
    60_000,
  );
});
