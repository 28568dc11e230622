/** A real network registered from outside: assembled, inspected and run on a real head CT, against its own result at 1 mm. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countCommonVoxels, countVoxels } from '@modelbank/geometry';
import type { Grid } from '@modelbank/geometry';
import { inspectPackageNetworks, measureImageFacts, readLabel, runChild } from '@modelbank/inference';
import { gridFromSlices } from '@modelbank/geometry';
import { readInstanceHeader } from '@modelbank/dicom';
import { maskFromContours, readStructureSet } from '@modelbank/structures';
import { compileChild } from '../libs/inference/test-support/compile-child';
import { jobOf } from '../libs/inference/test-support/package-job';
import { realSeries, testData } from '../libs/inference/test-support/stored-series';
import { itWhen } from '@modelbank/testing';

const WEIGHTS = join(testData(), 'weights-mindgrab/mindgrab.onnx');
const REFERENCE = join(testData(), 'ct-head-cranium/RS.ai_brain_fullfov.dcm');
const SCRIPT = join(__dirname, 'external/mindgrab/assemble.mjs');

describe('models/external/mindgrab', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'modelbank-mindgrab-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes no package of other weights', () => {
    const other = join(folder, 'other');
    expect(() => execFileSync(process.execPath, [SCRIPT, SCRIPT, other], { stdio: 'pipe' })).toThrow(/SHA-256/);
    expect(existsSync(other)).toBe(false);
  });

  const hasHead = [WEIGHTS, REFERENCE].every((path) => existsSync(path));

  itWhen(hasHead, 'the head CT or the weights are not among the test data')(
    'finds the brain at 2 mm with Dice of at least 0.90 against 1 mm',
    async () => {
      const instances = realSeries('ct-head-cranium/CT') ?? [];
      const entry = compileChild();
      const packageFolder = join(folder, 'mindgrab');
      execFileSync(process.execPath, [SCRIPT, WEIGHTS, packageFolder], { stdio: 'pipe' });
      const job = jobOf(packageFolder, instances, join(folder, 'out'));
      await expect(inspectPackageNetworks(packageFolder, job.manifest, { entry })).resolves.toHaveLength(1);
      const outcome = await runChild(job, { timeoutMs: 300_000, memoryMiB: 2048, entry });
      const grid = gridOf(instances.map(({ path }) => readFileSync(path)));
      const brain = await readLabel(join(folder, 'out'), outcome.labels[0], grid);
      const roi = readStructureSet(readFileSync(REFERENCE)).rois.find(({ name }) => name === 'Brain');
      const { mask: reference } = maskFromContours(grid, roi?.contours ?? []);
      const dice = (2 * countCommonVoxels(brain, reference)) / (countVoxels(brain) + countVoxels(reference));
      const run = outcome.stages.map(({ stage, durationMs }) => `${stage} ${durationMs} ms`).join(', ');
      process.stdout.write(
        `mindgrab at 2 mm: Dice ${dice.toFixed(4)} against 1 mm; ${run}; ${outcome.peakRssMiB} MiB\n`,
      );
      expect(dice).toBeGreaterThanOrEqual(0.9);
    },
    400_000,
  );

  describe.each([
    ['ct-head-cranium/CT', true],
    ['ct-chest-crop-ts/CT', false],
    ['ct-abdomen-pelvis-ts/CT', false],
  ])('the facts of %s', (name, applies) => {
    const isThere = existsSync(join(testData(), name));

    itWhen(isThere, `${name} is not among the test data`)(
      `lie ${applies ? 'within' : 'outside'} its applicability`,
      async () => {
        const { manifest } = jobOf(join(__dirname, 'external/mindgrab'), [], folder);
        const ranges = Object.entries(manifest.inputs[0].applicability.image ?? {});
        const { facts } = await measureImageFacts(realSeries(name) ?? [], { entry: compileChild() });
        const met = ranges.every(([fact, { min = -Infinity, max = Infinity }]) => {
          const value = facts[fact as keyof typeof facts];
          return value >= min && value <= max;
        });
        expect(met).toBe(applies);
      },
      60_000,
    );
  });
});

function gridOf(files: readonly Uint8Array[]): Grid {
  const found = gridFromSlices(files.map((bytes) => readInstanceHeader(bytes)));
  if (found.problem !== undefined) throw new Error(found.sentence);
  return found.grid;
}
