/**
 * The intensity steps that a model declares, applied in order and in place. Each returns what it really did (the quantiles it found,
 * the mean it subtracted), so that a run can be explained and repeated.
 */
import { Grid } from '@modelbank/geometry';
import { ImagingError } from '../imaging-error';
import { quantiles } from './quantile';
import { insideBox, Tensor } from './sample-volume';
import { frameSize } from './tensor-frame';

/** What statistics look at: the whole tensor, padding included (the default), or only its voxels inside the scan. */
export type StatisticsOver = 'tensor' | 'scan';

export type IntensityStep =
  | { readonly type: 'window'; readonly min: number; readonly max: number }
  | {
      readonly type: 'scale';
      readonly fromMin: number;
      readonly fromMax: number;
      readonly toMin: number;
      readonly toMax: number;
    }
  | {
      readonly type: 'zScore';
      readonly mean?: number;
      readonly standardDeviation?: number;
      readonly over?: StatisticsOver;
    }
  | { readonly type: 'quantiles'; readonly low: number; readonly high: number; readonly over?: StatisticsOver };

/** One step as it was carried out: clamped to [clampMin, clampMax], then multiplied and shifted. */
export interface AppliedIntensity {
  readonly type: IntensityStep['type'];
  readonly clampMin: number;
  readonly clampMax: number;
  readonly factor: number;
  readonly offset: number;
}

/** Changes the tensor's voxels in place, step after step. */
export function applyIntensity(
  tensor: Tensor,
  grid: Grid,
  steps: readonly IntensityStep[],
): readonly AppliedIntensity[] {
  return steps.map((step) => {
    const applied = resolveStep(step, tensor, grid);
    const { clampMin, clampMax, factor, offset } = applied;
    const { voxels } = tensor;
    for (let index = 0; index < voxels.length; index++) {
      const value = voxels[index];
      voxels[index] = (value < clampMin ? clampMin : value > clampMax ? clampMax : value) * factor + offset;
    }
    return applied;
  });
}

function resolveStep(step: IntensityStep, tensor: Tensor, grid: Grid): AppliedIntensity {
  switch (step.type) {
    case 'window':
      return { type: step.type, clampMin: step.min, clampMax: step.max, factor: 1, offset: 0 };
    case 'scale':
      return linearMap(step.type, -Infinity, Infinity, [step.fromMin, step.fromMax], [step.toMin, step.toMax]);
    case 'quantiles': {
      const [low, high] = quantiles(statisticsVoxels(tensor, grid, step.over), [step.low, step.high]);
      return linearMap(step.type, low, high, [low, high], [0, 1]);
    }
    case 'zScore': {
      const { mean, standardDeviation } = zScoreOf(step, tensor, grid);
      const factor = standardDeviation > 0 ? 1 / standardDeviation : 0;
      return { type: step.type, clampMin: -Infinity, clampMax: Infinity, factor, offset: -mean * factor };
    }
  }
}

function linearMap(
  type: IntensityStep['type'],
  clampMin: number,
  clampMax: number,
  [fromMin, fromMax]: readonly [number, number],
  [toMin, toMax]: readonly [number, number],
): AppliedIntensity {
  if (type === 'scale' && fromMax === fromMin) {
    throw new ImagingError('BAD_PLAN', `The scale step maps the empty range ${fromMin}..${fromMax}`);
  }
  const factor = fromMax > fromMin || fromMax < fromMin ? (toMax - toMin) / (fromMax - fromMin) : 0;
  return { type, clampMin, clampMax, factor, offset: toMin - fromMin * factor };
}

function zScoreOf(
  step: Extract<IntensityStep, { type: 'zScore' }>,
  tensor: Tensor,
  grid: Grid,
): { readonly mean: number; readonly standardDeviation: number } {
  if (step.mean !== undefined && step.standardDeviation !== undefined) {
    return { mean: step.mean, standardDeviation: step.standardDeviation };
  }
  const voxels = statisticsVoxels(tensor, grid, step.over);
  const mean = step.mean ?? sumOf(voxels, (value) => value) / voxels.length;
  const standardDeviation =
    step.standardDeviation ?? Math.sqrt(sumOf(voxels, (value) => (value - mean) ** 2) / voxels.length);
  return { mean, standardDeviation };
}

function sumOf(voxels: Float32Array, term: (value: number) => number): number {
  let sum = 0;
  for (let index = 0; index < voxels.length; index++) sum += term(voxels[index]);
  return sum;
}

function statisticsVoxels(tensor: Tensor, grid: Grid, over: StatisticsOver = 'tensor'): Float32Array {
  if (over === 'tensor') return tensor.voxels;
  const { first, end } = insideBox(tensor.frame, grid);
  const [width, height] = frameSize(tensor.frame);
  const length = end[0] - first[0];
  const inside = new Float32Array(length * (end[1] - first[1]) * (end[2] - first[2]));
  let to = 0;
  for (let z = first[2]; z < end[2]; z++) {
    for (let y = first[1]; y < end[1]; y++, to += length) {
      const row = (z * height + y) * width;
      inside.set(tensor.voxels.subarray(row + first[0], row + end[0]), to);
    }
  }
  return inside;
}
