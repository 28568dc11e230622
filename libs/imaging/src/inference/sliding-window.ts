/** Covers a tensor with overlapping windows and joins their outputs, the middle of a window weighing more than its edge. */
import { ImagingError } from '../imaging-error';
import { Triple } from '../tensor/tensor-frame';

/** Standard deviation of the Gaussian as a part of the window's side. */
const GAUSSIAN_SIGMA = 1 / 8;
/** No weight falls below this part of the largest, so that every voxel can be divided by its sum of weights. */
const SMALLEST_WEIGHT = 1e-3;

/** First voxel (x, y, z) of each window. Steps are equal within one voxel; the last window ends at the tensor's end. */
export function windowPositions(size: Triple, window: Triple, overlap: number): readonly Triple[] {
  if (!(overlap >= 0 && overlap < 1)) throw new ImagingError('BAD_PLAN', `Overlap ${overlap} is not within 0..1`);
  const [xs, ys, zs] = size.map((length, axis) => axisStarts(length, window[axis], overlap));
  return zs.flatMap((z) => ys.flatMap((y) => xs.map((x): Triple => [x, y, z])));
}

function axisStarts(length: number, window: number, overlap: number): number[] {
  if (length < window) throw new ImagingError('BAD_PLAN', `A window of ${window} voxels does not fit in ${length}`);
  const room = length - window;
  if (room === 0) return [0];
  const steps = Math.ceil(room / Math.max(1, Math.floor(window * (1 - overlap))));
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * room) / steps));
}

/** Weights of a window's voxels, 1 in the middle. */
export function gaussianWeights(window: Triple): Float32Array {
  const [xs, ys, zs] = window.map((length) =>
    Float64Array.from({ length }, (_, index) =>
      Math.exp(-0.5 * ((index - (length - 1) / 2) / (length * GAUSSIAN_SIGMA)) ** 2),
    ),
  );
  const weights = new Float32Array(window[0] * window[1] * window[2]);
  let to = 0;
  for (const wz of zs)
    for (const wy of ys) for (const wx of xs) weights[to++] = Math.max(SMALLEST_WEIGHT, wx * wy * wz);
  return weights;
}

/** The voxels of one window, in tensor order. */
export function extractWindow(voxels: Float32Array, size: Triple, start: Triple, window: Triple): Float32Array {
  const extracted = new Float32Array(window[0] * window[1] * window[2]);
  forEachWindowRow(size, start, window, (inTensor, inWindow) => {
    extracted.set(voxels.subarray(inTensor, inTensor + window[0]), inWindow);
  });
  return extracted;
}

/** Sums of weighted scores per channel, and of weights, over all windows so far. */
export interface WindowSums {
  readonly size: Triple;
  readonly channels: number;
  readonly scores: Float32Array;
  readonly weights: Float32Array;
}

export function emptyWindowSums(size: Triple, channels: number): WindowSums {
  const voxels = size[0] * size[1] * size[2];
  return { size, channels, scores: new Float32Array(voxels * channels), weights: new Float32Array(voxels) };
}

/** Adds one window's output (all channels, in tensor order) into the sums. */
export function addWindow(
  sums: WindowSums,
  output: Float32Array,
  start: Triple,
  window: Triple,
  windowWeights: Float32Array,
): void {
  const voxels = sums.weights.length;
  forEachWindowRow(sums.size, start, window, (inTensor, inWindow) => {
    for (let x = 0; x < window[0]; x++) sums.weights[inTensor + x] += windowWeights[inWindow + x];
    for (let channel = 0; channel < sums.channels; channel++) {
      const to = channel * voxels + inTensor;
      const from = channel * windowWeights.length + inWindow;
      for (let x = 0; x < window[0]; x++) sums.scores[to + x] += output[from + x] * windowWeights[inWindow + x];
    }
  });
}

/** The weighted mean, in place; the sums must not be used afterwards. */
export function finishWindows(sums: WindowSums): Float32Array {
  const voxels = sums.weights.length;
  for (let channel = 0; channel < sums.channels; channel++) {
    for (let index = 0; index < voxels; index++) sums.scores[channel * voxels + index] /= sums.weights[index];
  }
  return sums.scores;
}

function forEachWindowRow(
  size: Triple,
  start: Triple,
  window: Triple,
  visit: (inTensor: number, inWindow: number) => void,
): void {
  for (let z = 0; z < window[2]; z++) {
    for (let y = 0; y < window[1]; y++) {
      const inTensor = ((start[2] + z) * size[1] + start[1] + y) * size[0] + start[0];
      visit(inTensor, (z * window[1] + y) * window[0]);
    }
  }
}
