/**
 * The preprocessing that a model declares, from Hounsfield volume to network tensor. The order is fixed: reorient, crop to the body,
 * resample, crop or pad to a size, pad to a multiple, then the intensity steps.
 */
import { AIR_HU, HounsfieldVolume } from '../decode/to-hounsfield';
import { boxAbove } from './box-above';
import { AppliedIntensity, applyIntensity, IntensityStep } from './intensity';
import { sampleVolume, Tensor } from './sample-volume';
import { Interpolation } from './separable-sampling';
import {
  croppedTo,
  reorientedFrame,
  TensorFrame,
  Triple,
  withMinimumSize,
  withMultipleOf,
  withSize,
  withSpacing,
} from './tensor-frame';

/** The `preprocessing` part of a model manifest. */
export interface PreprocessingPlan {
  readonly orientation: string;
  readonly spacingMm?: Triple;
  readonly interpolation?: Interpolation;
  readonly paddingValue?: number;
  readonly cropToBody?: { readonly thresholdHu: number; readonly marginMm: number };
  readonly size?: Triple;
  readonly multipleOf?: number;
  readonly intensity: readonly IntensityStep[];
}

export interface PreprocessedTensor extends Tensor {
  readonly appliedIntensity: readonly AppliedIntensity[];
}

/** `minimumSize` is the window of a sliding-window run: the tensor is padded so that one window fits. */
export function preprocess(
  volume: HounsfieldVolume,
  plan: PreprocessingPlan,
  minimumSize?: Triple,
): PreprocessedTensor {
  const frame = planFrame(volume, plan, minimumSize);
  const tensor = sampleVolume(volume, frame, plan.interpolation ?? 'linear', plan.paddingValue ?? AIR_HU);
  return { ...tensor, appliedIntensity: applyIntensity(tensor, volume.grid, plan.intensity) };
}

/** Where the tensor of a plan lies in this scan. */
export function planFrame(volume: HounsfieldVolume, plan: PreprocessingPlan, minimumSize?: Triple): TensorFrame {
  let frame = reorientedFrame(volume.grid, plan.orientation);
  if (plan.cropToBody) {
    const box = boxAbove(volume, plan.cropToBody.thresholdHu);
    if (box) frame = croppedTo(frame, volume.grid, box, plan.cropToBody.marginMm);
  }
  if (plan.spacingMm) frame = withSpacing(frame, plan.spacingMm);
  if (plan.size) frame = withSize(frame, plan.size);
  if (minimumSize) frame = withMinimumSize(frame, minimumSize);
  return plan.multipleOf ? withMultipleOf(frame, plan.multipleOf) : frame;
}
