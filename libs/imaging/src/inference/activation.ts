/** The last step of a network, per voxel and in place: softmax over the channels, or a sigmoid of each. Channel c starts at c * voxels. */

export type Activation = 'softmax' | 'sigmoid' | 'none';

export function applyActivation(scores: Float32Array, channels: number, activation: Activation): void {
  if (activation === 'softmax') softmax(scores, channels);
  if (activation === 'sigmoid') sigmoid(scores);
}

function sigmoid(scores: Float32Array): void {
  for (let index = 0; index < scores.length; index++) scores[index] = 1 / (1 + Math.exp(-scores[index]));
}

function softmax(scores: Float32Array, channels: number): void {
  const voxels = scores.length / channels;
  for (let voxel = 0; voxel < voxels; voxel++) {
    let largest = -Infinity;
    for (let at = voxel; at < scores.length; at += voxels) if (scores[at] > largest) largest = scores[at];
    let sum = 0;
    for (let at = voxel; at < scores.length; at += voxels) {
      scores[at] = Math.exp(scores[at] - largest);
      sum += scores[at];
    }
    for (let at = voxel; at < scores.length; at += voxels) scores[at] /= sum;
  }
}

/** Adds one network's activated scores to the sum of an ensemble, each weighing `1 / networks`. */
export function addToMean(mean: Float32Array, scores: Float32Array, networks: number): void {
  for (let index = 0; index < mean.length; index++) mean[index] += scores[index] / networks;
}

/** Number of scores that are NaN or infinite: such an output is held, never turned into a mask. */
export function countNotFinite(scores: Float32Array): number {
  let count = 0;
  for (let index = 0; index < scores.length; index++) if (!Number.isFinite(scores[index])) count++;
  return count;
}
