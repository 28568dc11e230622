/**
 * The network's channels become one score per label on the tensor grid, with one border value: inside is above it.
 *
 * Postprocessing decides with masks, voxel by voxel; the scan's grid wants borders finer than a tensor voxel. Both hold
 * because scores follow the masks: where a step adds or removes a voxel, its score is mirrored at the border value. Scores
 * interpolated on the scan's grid then cross the border where the network put it, and a removed voxel pulls nothing in.
 */
import { HubError } from '@modelbank/contracts';
import type { ManifestLabel } from '@modelbank/registry';

/** One label while it is worked on; `mask` has one byte a voxel. */
export interface LabelScores {
  readonly name: string;
  readonly scores: Float32Array;
  /** A voxel belongs to the label when its score is above. */
  readonly border: number;
}

/** Channels after the activation, channel c at `values[c * voxels]`. */
export interface Channels {
  readonly values: Float32Array;
  readonly count: number;
  readonly voxels: number;
}

/** The scores of every label that has a source. Argmax becomes the lead over the strongest other channel, border 0. */
export function labelScores(labels: readonly ManifestLabel[], channels: Channels): LabelScores[] {
  return labels.flatMap(({ name, source }): LabelScores[] => {
    if (source === undefined) return [];
    if (source.channel >= channels.count) {
      throw new HubError('OUTPUT_UNUSABLE', `label "${name}" reads channel ${source.channel} of ${channels.count}`);
    }
    if (source.type === 'argmax') return [{ name, scores: leadOf(channels, source.channel), border: 0 }];
    const first = source.channel * channels.voxels;
    return [{ name, scores: channels.values.slice(first, first + channels.voxels), border: source.above }];
  });
}

/** The voxels above the border. */
export function maskOf({ scores, border }: LabelScores): Uint8Array {
  const mask = new Uint8Array(scores.length);
  for (let index = 0; index < scores.length; index++) mask[index] = scores[index] > border ? 1 : 0;
  return mask;
}

/** Scores that agree with the mask: unchanged where they did already, else mirrored at the border. */
export function scoresFollowing({ name, scores, border }: LabelScores, mask: Uint8Array): LabelScores {
  const following = new Float32Array(scores.length);
  const leastLead = 1e-3;
  for (let index = 0; index < scores.length; index++) {
    const lead = scores[index] - border;
    if (lead > 0 === (mask[index] === 1)) following[index] = scores[index];
    else if (lead > 0) following[index] = border - lead;
    else following[index] = border + Math.max(-lead, leastLead);
  }
  return { name, scores: following, border };
}

function leadOf({ values, count, voxels }: Channels, channel: number): Float32Array {
  const lead = new Float32Array(voxels);
  const own = values.subarray(channel * voxels, (channel + 1) * voxels);
  const others = new Float32Array(voxels).fill(count === 1 ? 0 : -Infinity);
  for (let other = 0; other < count; other++) {
    if (other === channel) continue;
    const values_ = values.subarray(other * voxels, (other + 1) * voxels);
    for (let index = 0; index < voxels; index++) if (values_[index] > others[index]) others[index] = values_[index];
  }
  for (let index = 0; index < voxels; index++) lead[index] = own[index] - others[index];
  return lead;
}
