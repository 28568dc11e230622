/**
 * Runs the networks of a model on one preprocessed tensor: whole or by sliding window, activation, mean over the ensemble.
 * Windows are joined before the activation; networks are averaged after it.
 */
import {
  addToMean,
  addWindow,
  applyActivation,
  emptyWindowSums,
  extractWindow,
  finishWindows,
  frameSize,
  fromNetworkOrder,
  gaussianWeights,
  networkShape,
  toNetworkOrder,
  windowPositions,
} from '@modelbank/imaging';
import type { Tensor, Triple } from '@modelbank/imaging';
import { HubError } from '@modelbank/contracts';
import type { InferencePlan, ManifestNetwork, ModelManifest } from '@modelbank/registry';
import { openSession, runSession } from './sessions';
import type { ExecutionProvider, OpenedSession } from './sessions';

/** Activated scores; channel c begins at `values[c * voxels]`. */
export interface Channels {
  readonly values: Float32Array;
  readonly count: number;
}

export interface NetworksOutput {
  readonly channels: Channels;
  /** `cuda` only when every network ran there. */
  readonly executionProvider: ExecutionProvider;
}

export interface NetworksRun {
  readonly manifest: ModelManifest;
  /** Verified bytes by path inside the package. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly executionProvider: ExecutionProvider;
  readonly threads: number;
}

const DEFAULT_OVERLAP = 0.5;

/** The scores of all channels on the tensor's own voxels. Sessions are opened one after the other, to bound memory. */
export async function runNetworks(run: NetworksRun, tensor: Tensor): Promise<NetworksOutput> {
  const { networks, inference } = run.manifest;
  let mean: Float32Array | undefined;
  let executionProvider: ExecutionProvider = run.executionProvider;
  for (const network of networks) {
    const opened = await openNetwork(run, network);
    if (opened.executionProvider === 'cpu') executionProvider = 'cpu';
    const scores = await scoresOf(network, opened, inference, tensor);
    await opened.session.release();
    requireFinite(scores, network.output.channels, run.manifest);
    applyActivation(scores, network.output.channels, inference.activation);
    if (networks.length === 1) mean = scores;
    else addToMean((mean ??= new Float32Array(scores.length)), scores, networks.length);
  }
  if (mean === undefined) throw new HubError('MANIFEST_INVALID', 'the manifest names no network');
  return { channels: { values: mean, count: networks[0].output.channels }, executionProvider };
}

function openNetwork(run: NetworksRun, network: ManifestNetwork): Promise<OpenedSession> {
  const bytes = run.files.get(network.file);
  if (bytes === undefined) throw new HubError('PACKAGE_INVALID', `the package has no file "${network.file}"`);
  return openSession(network.name, bytes, run.executionProvider, run.threads);
}

async function scoresOf(
  network: ManifestNetwork,
  opened: OpenedSession,
  plan: InferencePlan,
  tensor: Tensor,
): Promise<Float32Array> {
  const size = frameSize(tensor.frame);
  if (plan.mode === 'whole') return runOnce(network, opened, tensor.voxels, size);
  const window = plan.window;
  if (window === undefined) throw new HubError('MANIFEST_INVALID', 'a sliding window needs its size');
  const sums = emptyWindowSums(size, network.output.channels);
  const weights = gaussianWeights(window);
  for (const start of windowPositions(size, window, plan.overlap ?? DEFAULT_OVERLAP)) {
    const voxels = extractWindow(tensor.voxels, size, start, window);
    addWindow(sums, await runOnce(network, opened, voxels, window), start, window, weights);
  }
  return finishWindows(sums);
}

/** One pass through the network, in and out in our own order (x fastest). The output must have the input's size. */
async function runOnce(
  network: ManifestNetwork,
  { session }: OpenedSession,
  voxels: Float32Array,
  size: Triple,
): Promise<Float32Array> {
  const { name, axes, input, output } = network;
  requireNames(network, session.inputNames, session.outputNames);
  const spatial = networkShape(size, axes);
  const fed = { values: toNetworkOrder(voxels, size, axes), shape: [1, 1, ...spatial] };
  const result = await runSession(name, session, input.name, output.name, fed);
  const wanted = [1, output.channels, ...spatial];
  if (wanted.length !== result.shape.length || wanted.some((length, axis) => length !== result.shape[axis])) {
    const [got, asked] = [result.shape.join('x'), wanted.join('x')];
    throw new HubError('OUTPUT_UNUSABLE', `network "${name}" returned ${got}, the manifest asks for ${asked}`);
  }
  return fromNetworkOrder(result.values, size, axes, output.channels);
}

function requireNames(network: ManifestNetwork, inputs: readonly string[], outputs: readonly string[]): void {
  if (inputs.includes(network.input.name) && outputs.includes(network.output.name)) return;
  throw new HubError(
    'PACKAGE_INVALID',
    `network "${network.name}" has other inputs or outputs than the manifest names`,
  );
}

/** NaN and infinities end the run with the names of the labels that would have been made of them. */
function requireFinite(scores: Float32Array, channels: number, { labels }: ModelManifest): void {
  const at = scores.findIndex((score) => !Number.isFinite(score));
  if (at < 0) return;
  const channel = Math.floor(at / (scores.length / channels));
  const readers = labels.filter(({ source }) => source?.type === 'argmax' || source?.channel === channel);
  const whose = readers.length === 0 ? 'no label' : readers.map(({ name }) => `"${name}"`).join(', ');
  throw new HubError('OUTPUT_UNUSABLE', `channel ${channel} of the output holds NaN or infinity; read by ${whose}`);
}
