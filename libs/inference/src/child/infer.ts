/**
 * One inference job inside the child, in the order that docs/inference.md describes: verify, decode, preprocess, run,
 * postprocess, back to the scan's grid, write.
 */
import { HubError } from '@modelbank/contracts';
import type { InferenceJobSpec, InferenceOutcome, JobInstance, LabelFile } from '@modelbank/contracts';
import type { Grid, Mask } from '@modelbank/geometry';
import { preprocess } from '@modelbank/imaging';
import type { TensorFrame } from '@modelbank/imaging';
import type { ManifestLabel } from '@modelbank/registry';
import { labelScores } from './label-scores';
import type { LabelScores } from './label-scores';
import { postprocessScores } from './postprocess-scores';
import { decodeScan, readInstances } from './read-scan';
import { runNetworks } from './run-networks';
import type { NetworksOutput } from './run-networks';
import type { StageClock } from './stage-clock';
import { readVerifiedPackage } from './verified-files';
import { maskOnScan, requireUsable, syncFolder, writeLabel } from './write-labels';

/** Does the job; every refusal is a HubError whose message names stages, labels and numbers only. */
export async function infer(spec: InferenceJobSpec, clock: StageClock): Promise<InferenceOutcome> {
  const { grid, frame, output } = await scoresOf(spec, clock);
  const { labels, postprocessing } = spec.manifest;
  const scores = await clock.time('postprocess', () =>
    postprocessScores(labelScores(labels, output.channels), postprocessing, frame, grid),
  );
  const results = labels.filter(({ internal }) => internal !== true);
  const masks = await clock.time('resample', () => masksOf(results, scores, frame, grid));
  const files = await clock.time('write', () => writeAll(spec.outputFolder, results, masks, frame));
  return {
    kind: 'infer',
    labels: files,
    executionProvider: output.executionProvider,
    stages: clock.stages,
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

interface Scores {
  readonly grid: Grid;
  readonly frame: TensorFrame;
  readonly output: NetworksOutput;
}

/** The Hounsfield volume and the tensor live in here only, so that they can be freed before the labels are made. */
async function scoresOf(spec: InferenceJobSpec, clock: StageClock): Promise<Scores> {
  const { manifest } = spec;
  const wanted = manifest.networks.map(({ file }) => file);
  const { files, parts } = await clock.time('load', async () => ({
    files: await readVerifiedPackage(spec.packageFolder, spec.packageFiles, wanted),
    parts: await readInstances(onlyInput(spec)),
  }));
  const volume = await clock.time('decode', () => decodeScan(parts));
  const plan = manifest.inference;
  const minimumSize = plan.mode === 'slidingWindow' ? plan.window : undefined;
  const tensor = await clock.time('preprocess', () => preprocess(volume, manifest.preprocessing, minimumSize));
  const run = { manifest, files, executionProvider: spec.executionProvider, threads: spec.threads };
  const output = await clock.time('infer', () => runNetworks(run, tensor));
  return { grid: volume.grid, frame: tensor.frame, output };
}

/** Networks take one series so far; a manifest with more roles can be declared, but not run. */
function onlyInput(spec: InferenceJobSpec): readonly JobInstance[] {
  const roles = Object.keys(spec.inputs);
  if (roles.length !== 1 || spec.manifest.inputs.length !== 1) {
    throw new HubError('MANIFEST_INVALID', `${roles.length} input roles were given; a run takes one series`);
  }
  return spec.inputs[roles[0]];
}

function masksOf(
  labels: readonly ManifestLabel[],
  scores: ReadonlyMap<string, LabelScores>,
  frame: TensorFrame,
  grid: Grid,
): ReadonlyMap<string, Mask> {
  const masks = new Map<string, Mask>();
  for (const { name } of labels) {
    const own = scores.get(name);
    if (own !== undefined) masks.set(name, maskOnScan(own, frame, grid));
  }
  requireUsable(labels, masks);
  return masks;
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
