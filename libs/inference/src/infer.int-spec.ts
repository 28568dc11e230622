/** The reference model in a real child on the phantom: volumes, sides and places against the phantom's closed form. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildStage, InferenceOutcome } from '@modelbank/contracts';
import { voxelToPatient } from '@modelbank/geometry';
import type { Mask } from '@modelbank/geometry';
import { anthropomorphicPhantom, SCAN_ORIENTATIONS } from '@modelbank/phantoms';
import type { Phantom } from '@modelbank/phantoms';
import { compileChild } from '../test-support/compile-child';
import { jobOf } from '../test-support/package-job';
import { storeSeries } from '../test-support/stored-series';
import { measureImageFacts } from './measure-image-facts';
import { readLabel } from './read-label';
import { runChild } from './run-child';

const PACKAGE = join(__dirname, '../../../models/reference-ct-anatomy');
const SMALL = { rows: 128, columns: 128, slices: 64, pixelSpacingMm: 3.2, sliceSpacingMm: 4.7 };
const LIMITS = { timeoutMs: 60_000, memoryMiB: 2048 };

describe('the inference child with reference-ct-anatomy', () => {
  let folder: string;
  let entry: string;

  beforeAll(() => {
    entry = compileChild();
    folder = mkdtempSync(join(tmpdir(), 'modelbank-infer-'));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(phantom: Phantom, stages: ChildStage[] = []): Promise<InferenceOutcome> {
    const instances = storeSeries(join(folder, phantom.orientation), phantom.grid, phantom.slice);
    const job = jobOf(PACKAGE, instances, join(folder, `${phantom.orientation}-out`));
    return runChild(job, { ...LIMITS, entry, onStage: (stage) => stages.push(stage) });
  }

  it.each(SCAN_ORIENTATIONS)(
    'finds body and lungs within 2 %% of the truth, on the right sides: %s',
    async (orientation) => {
      const phantom = anthropomorphicPhantom({ ...SMALL, orientation });
      const outcome = await run(phantom);
      for (const name of ['External', 'Lung_L', 'Lung_R'] as const) {
        const label = labelOf(outcome, name);
        const truth = phantom.truth[name];
        const error = label.volumeMl / truth.analyticVolumeMl - 1;
        process.stdout.write(`${orientation} ${name}: ${(100 * error).toFixed(2)} % of the analytic volume off\n`);
        expect(Math.abs(error)).toBeLessThan(0.02);
        const mask = await readLabel(join(folder, `${orientation}-out`), label, phantom.grid);
        expect(diceWith(mask, truth.inside)).toBeGreaterThan(0.95);
      }
      const trachea = await readLabel(join(folder, `${orientation}-out`), labelOf(outcome, 'Trachea'), phantom.grid);
      expect(diceWith(trachea, phantom.truth.Trachea.inside)).toBeGreaterThan(0.6);
    },
    60_000,
  );

  it('tells stages, provider, memory and what the scan cuts; leaves out internal labels', async () => {
    const stages: ChildStage[] = [];
    const outcome = await run(anthropomorphicPhantom(SMALL), stages);
    expect(stages.map(({ stage }) => stage)).toEqual([
      'load',
      'decode',
      'preprocess',
      'infer',
      'resample',
      'postprocess',
      'write',
    ]);
    expect(outcome.stages).toEqual(stages);
    expect(outcome.executionProvider).toBe('cpu');
    expect(outcome.peakRssMiB).toBeGreaterThan(40);
    expect(outcome.labels.map(({ name }) => name)).toEqual(['External', 'Lung_L', 'Lung_R', 'Bone', 'Trachea']);
    expect(labelOf(outcome, 'External').cutByScanEnd).toBe(true);
    expect(labelOf(outcome, 'Lung_L').cutByScanEnd).toBe(false);
  }, 60_000);

  it('runs on the CPU, and says so, where CUDA was asked for and is not there', async () => {
    const phantom = anthropomorphicPhantom(SMALL);
    const instances = storeSeries(join(folder, 'cuda'), phantom.grid, phantom.slice);
    const job = { ...jobOf(PACKAGE, instances, join(folder, 'cuda-out')), executionProvider: 'cuda' as const };
    expect((await runChild(job, { ...LIMITS, entry })).executionProvider).toMatch(/^(cpu|cuda)$/);
  }, 60_000);

  it('measures the facts that the manifest asks for', async () => {
    const phantom = anthropomorphicPhantom(SMALL);
    const instances = storeSeries(join(folder, 'facts'), phantom.grid, phantom.slice);
    const { facts } = await measureImageFacts(instances, { entry });
    const lungs = phantom.truth.Lung_L.analyticVolumeMl + phantom.truth.Lung_R.analyticVolumeMl;
    expect(facts.lungVolumeMl / lungs).toBeGreaterThan(0.9);
    expect(facts.lungVolumeMl / lungs).toBeLessThan(1.1);
    expect(facts.bodyWidthMm).toBeGreaterThan(300);
  }, 60_000);
});

function labelOf(outcome: InferenceOutcome, name: string) {
  const label = outcome.labels.find((candidate) => candidate.name === name);
  if (label === undefined) throw new Error(`no label ${name}`);
  return label;
}

/** Dice against the closed form, on every 41st voxel: asking a phantom of many solids is slow. */
function diceWith({ grid, bits }: Mask, inside: (point: readonly [number, number, number]) => boolean): number {
  const sliceLength = grid.rows * grid.columns;
  const counts = { mask: 0, truth: 0, both: 0 };
  for (let index = 0; index < sliceLength * grid.origins.length; index += 41) {
    const inSlice = index % sliceLength;
    const [i, j, k] = [inSlice % grid.columns, Math.floor(inSlice / grid.columns), Math.floor(index / sliceLength)];
    const isSet = ((bits[index >>> 3] >>> (index & 7)) & 1) === 1;
    const isInside = inside(voxelToPatient(grid, [i, j, k]));
    if (isSet) counts.mask++;
    if (isInside) counts.truth++;
    if (isSet && isInside) counts.both++;
  }
  return (2 * counts.both) / (counts.mask + counts.truth);
}
