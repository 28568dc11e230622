/**
 * One inference job inside the child, in the order that docs/inference.md describes: verify, decode, preprocess, run, labels on
 * the scan's own grid, postprocess, write.
 */
import { HubError } from '@modelbank/contracts';
import type { InferenceJobSpec, InferenceOutcome, JobInstance, LabelFile } from '@modelbank/contracts';
import type { Grid, Mask } from '@modelbank/geometry';
import { bodyMidPlaneXMm, labelsOnScan, preprocess, runPostprocessing } from '@modelbank/imaging';
import type { Tensor, TensorFrame } from '@modelbank/imaging';
import type { ManifestLabel, ModelManifest } from '@modelbank/registry';
import { decodeScan } from './decode-scan';
import { runNetworks } from './run-networks';
import type { NetworksOutput } from './run-networks';
import type { StageClock } from './stage-clock';
import { readVerifiedInstances, readVerifiedPackage } from './verified-files';
import { requireUsable, syncFolder, writeLabel } from './write-labels';

/** Does the job; every refusal is a HubError whose message names stages, labels and numbers only. */
export async function infer(spec: InferenceJobSpec, clock: StageClock): Promise<InferenceOutcome> {
  const { manifest } = spec;
  const scores = await scoresOf(spec, clock);
  const masks = await clock.time('resample', () => sourceMasks(manifest.labels, scores));
  const { labels, warnings } = await clock.time('postprocess', () =>
    runPostprocessing(masks, manifest.postprocessing, scores.midPlaneXMm),
  );
  const results = manifest.labels.filter(({ internal }) => internal !== true);
  requireUsable(results, labels);
  const files = await clock.time('write', () => writeAll(spec.outputFolder, results, labels, scores.frame));
  return {
    kind: 'infer',
    labels: files,
    warnings,
    executionProvider: scores.output.executionProvider,
    stages: clock.stages,
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

interface Scores {
  readonly grid: Grid;
  readonly frame: TensorFrame;
  readonly output: NetworksOutput;
  readonly midPlaneXMm?: number;
}

/** The tensor lives in here only, so that it can be freed before the labels are made. */
async function scoresOf(spec: InferenceJobSpec, clock: StageClock): Promise<Scores> {
  const { manifest, executionProvider, threads } = spec;
  const { files, grid, tensor, midPlaneXMm } = await prepare(spec, clock);
  const output = await clock.time('infer', () => runNetworks({ manifest, files, executionProvider, threads }, tensor));
  return { grid, frame: tensor.frame, output, midPlaneXMm };
}

interface Prepared {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly grid: Grid;
  readonly tensor: Tensor;
  readonly midPlaneXMm?: number;
}

/** The instances and the Hounsfield volume live in here only: they are the largest things that a run holds. */
async function prepare(spec: InferenceJobSpec, clock: StageClock): Promise<Prepared> {
  const { manifest } = spec;
  const networkFiles = manifest.networks.map(({ file }) => file);
  const { files, instances } = await clock.time('load', async () => ({
    files: await readVerifiedPackage(spec.packageFolder, spec.packageFiles, networkFiles),
    instances: await readVerifiedInstances(onlyInput(spec)),
  }));
  const volume = await clock.time('decode', () => decodeScan(instances));
  const splits = manifest.postprocessing.some(({ step }) => step === 'splitSides');
  return clock.time('preprocess', () => ({
    files,
    grid: volume.grid,
    tensor: preprocess(volume, manifest.preprocessing, windowOf(manifest)),
    midPlaneXMm: splits ? bodyMidPlaneXMm(volume) : undefined,
  }));
}

function windowOf({ inference }: ModelManifest): readonly [number, number, number] | undefined {
  return inference.mode === 'slidingWindow' ? inference.window : undefined;
}

/** Networks take one series so far; a manifest with more roles can be declared, but not run. */
function onlyInput(spec: InferenceJobSpec): readonly JobInstance[] {
  const roles = Object.keys(spec.inputs);
  if (roles.length !== 1 || spec.manifest.inputs.length !== 1) {
    throw new HubError('MANIFEST_INVALID', `${roles.length} input roles were given; a run takes one series`);
  }
  return spec.inputs[roles[0]];
}

/** The masks of the labels that come from a channel, decided on the scan's grid from interpolated scores. */
function sourceMasks(labels: readonly ManifestLabel[], { output, frame, grid }: Scores): ReadonlyMap<string, Mask> {
  const { values, count } = output.channels;
  const named = labels.flatMap(({ name, source }) => (source === undefined ? [] : [{ name, source }]));
  const sources = named.map(({ source }) => source);
  const masks = labelsOnScan(values, count, frame, grid, sources);
  return new Map(named.map(({ name }, index) => [name, masks[index]]));
}

async function writeAll(
  folder: string,
  labels: readonly ManifestLabel[],
  masks: ReadonlyMap<string, Mask>,
  frame: TensorFrame,
): Promise<LabelFile[]> {
  const files: LabelFile[] = [];
  for (const { name } of labels) {
    const mask = masks.get(name);
    if (mask !== undefined) files.push(await writeLabel(folder, files.length, name, mask, frame));
  }
  await syncFolder(folder);
  return files;
}
