/** The postprocessing steps that a model declares, applied in order to its named masks on the scan's own grid. */
import { andMasks, andNotMasks, Mask } from '@modelbank/geometry';
import { ImagingError } from '../imaging-error';
import { largestComponents, minimumVolume } from './components';
import { fillHoles } from './fill-holes';
import { SideWarning, splitSides } from './split-sides';

/** The `postprocessing` part of a model manifest. */
export type PostprocessingStep =
  | { readonly step: 'largestComponents'; readonly label: string; readonly count: number }
  | { readonly step: 'fillHoles'; readonly label: string; readonly dimensions: 2 | 3 }
  | { readonly step: 'minimumVolume'; readonly label: string; readonly ml: number }
  | { readonly step: 'within'; readonly label: string; readonly of: string }
  | { readonly step: 'subtract'; readonly label: string; readonly other: string }
  | { readonly step: 'splitSides'; readonly label: string; readonly left: string; readonly right: string };

export interface PostprocessingWarning {
  readonly label: string;
  readonly warning: SideWarning;
}

export interface PostprocessedLabels {
  readonly labels: ReadonlyMap<string, Mask>;
  readonly warnings: readonly PostprocessingWarning[];
}

/** `midPlaneXMm` is asked for only when a mask has to be split and has no two parts (see `bodyMidPlaneXMm`). */
export function runPostprocessing(
  labels: ReadonlyMap<string, Mask>,
  steps: readonly PostprocessingStep[],
  midPlaneXMm?: number,
): PostprocessedLabels {
  const working = new Map(labels);
  const warnings: PostprocessingWarning[] = [];
  for (const step of steps) {
    const mask = labelNamed(working, step.label);
    if (step.step === 'splitSides') {
      const sides = splitSides(mask, midPlaneXMm);
      working.set(step.left, sides.left).set(step.right, sides.right);
      warnings.push(...sides.warnings.map((warning) => ({ label: step.label, warning })));
    } else {
      working.set(step.label, changed(mask, step, working));
    }
  }
  return { labels: working, warnings };
}

function changed(
  mask: Mask,
  step: Exclude<PostprocessingStep, { step: 'splitSides' }>,
  labels: ReadonlyMap<string, Mask>,
): Mask {
  switch (step.step) {
    case 'largestComponents':
      return largestComponents(mask, step.count);
    case 'fillHoles':
      return fillHoles(mask, step.dimensions);
    case 'minimumVolume':
      return minimumVolume(mask, step.ml);
    case 'within':
      return andMasks(mask, labelNamed(labels, step.of));
    case 'subtract':
      return andNotMasks(mask, labelNamed(labels, step.other));
  }
}

function labelNamed(labels: ReadonlyMap<string, Mask>, name: string): Mask {
  const mask = labels.get(name);
  if (!mask)
    throw new ImagingError('BAD_PLAN', `A postprocessing step names the label "${name}", which does not exist yet`);
  return mask;
}
