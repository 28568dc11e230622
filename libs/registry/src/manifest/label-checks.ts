/** Cross-checks of labels: where each one comes from, and that every postprocessing step names labels that exist by then. */
import type { ManifestLabel, ModelManifest, PostprocessingStep } from './manifest';
import { uniqueNames } from './finding';
import type { Finding } from './finding';

/** ROIName is LO: 64 characters (PS3.5 6.2); several planning systems show or keep 16. */
const ROI_NAME_LIMIT = 64;
const ROI_NAME_OLD_TPS_LIMIT = 16;

export function labelFindings(manifest: ModelManifest): Finding[] {
  const { labels } = manifest;
  const findings = [
    ...uniqueNames(labels, 'labels', 'name'),
    ...labels.flatMap((label, index) => [...nameFindings(label, index), ...sourceFindings(manifest, label, index)]),
    ...stepFindings(manifest),
  ];
  if (labels.every((label) => label.internal === true)) {
    findings.push({ path: ['labels'], message: 'all are internal, so nothing would come out; make one a result' });
  }
  return findings;
}

function nameFindings({ name, internal }: ManifestLabel, index: number): Finding[] {
  const path = ['labels', index, 'name'];
  if (name.length > ROI_NAME_LIMIT) {
    return [{ path, message: `has ${name.length} characters; DICOM allows ${ROI_NAME_LIMIT}: shorten it` }];
  }
  if (name.length <= ROI_NAME_OLD_TPS_LIMIT || internal === true) return [];
  const message = `has ${name.length} characters; some planning systems cut names after ${ROI_NAME_OLD_TPS_LIMIT}`;
  return [{ path, message, warning: true }];
}

function sourceFindings(
  { networks, inference, postprocessing }: ModelManifest,
  label: ManifestLabel,
  index: number,
): Finding[] {
  const path = ['labels', index, 'source'];
  const makers = postprocessing.filter((step) => made(step).includes(label.name));
  const { source } = label;
  if (source === undefined) {
    if (makers.length === 1) return [];
    const message =
      makers.length === 0 ? 'is missing; give one, or make the label by splitSides' : 'is made by two steps';
    return [{ path, message }];
  }
  if (makers.length > 0) {
    return [{ path, message: 'must be absent: a splitSides step makes this label' }];
  }
  const { channels } = networks[0].output;
  if (source.channel >= channels) {
    return [
      { path: [...path, 'channel'], message: `must be 0 to ${channels - 1}: the network has ${channels} channels` },
    ];
  }
  const isProbability = inference.activation !== 'none';
  if (source.type === 'threshold' && isProbability && (source.above < 0 || source.above >= 1)) {
    return [{ path: [...path, 'above'], message: `must be from 0 to below 1 after ${inference.activation}` }];
  }
  return [];
}

function stepFindings({ labels, postprocessing }: ModelManifest): Finding[] {
  const declared = new Set(labels.map((label) => label.name));
  const available = new Set(labels.filter((label) => label.source !== undefined).map((label) => label.name));
  return postprocessing.flatMap((step, index) => {
    const findings = used(step).flatMap(([key, name]): Finding[] => {
      const path = ['postprocessing', index, key];
      if (!declared.has(name)) return [{ path, message: `${name} is no label; declare it in labels or correct it` }];
      if (!available.has(name)) return [{ path, message: `${name} is made by a later step; move this step behind it` }];
      return [];
    });
    const undeclared = Object.entries(step).flatMap(([key, name]): Finding[] =>
      (key === 'left' || key === 'right') && !declared.has(String(name))
        ? [
            {
              path: ['postprocessing', index, key],
              message: `${name} is no label; declare it in labels without a source`,
            },
          ]
        : [],
    );
    made(step).forEach((name) => available.add(name));
    return [...findings, ...undeclared, ...selfReference(step, index)];
  });
}

function selfReference(step: PostprocessingStep, index: number): Finding[] {
  const names = [...used(step).map(([, name]) => name), ...made(step)];
  if (new Set(names).size === names.length) return [];
  return [{ path: ['postprocessing', index], message: 'names the same label twice; name different labels' }];
}

function made(step: PostprocessingStep): string[] {
  return step.step === 'splitSides' ? [step.left, step.right] : [];
}

function used(step: PostprocessingStep): [key: string, name: string][] {
  if (step.step === 'within')
    return [
      ['label', step.label],
      ['of', step.of],
    ];
  if (step.step === 'subtract')
    return [
      ['label', step.label],
      ['other', step.other],
    ];
  return [['label', step.label]];
}
