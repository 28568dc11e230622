/** What no single key of `model.yaml` can tell: names that must exist or be unique, channels, ranges, modes, patterns. */
import { BODY_PARTS, bodyPartOf, findSopClass } from '@modelbank/dicom';
import type {
  Applicability,
  ManifestInput,
  ManifestNetwork,
  ManifestParameter,
  ModelManifest,
  Range,
} from './manifest';
import { uniqueNames } from './finding';
import type { Finding } from './finding';
import type { ManifestPath } from './manifest-problem';
import { labelFindings } from './label-checks';
import { isParameterValue, parameterValueWords } from './parameter-value';
import { patternProblem } from './safe-pattern';

/** Every finding of a manifest whose shape is right already. */
export function crossCheck(manifest: ModelManifest): Finding[] {
  return [
    ...uniqueNames(manifest.inputs, 'inputs', 'role'),
    ...uniqueNames(manifest.parameters, 'parameters', 'name'),
    ...uniqueNames(manifest.networks, 'networks', 'name'),
    ...manifest.inputs.flatMap((input, index) => inputFindings(input, index, manifest.inputs)),
    ...manifest.parameters.flatMap(parameterFindings),
    ...unreadParameters(manifest),
    ...preprocessingFindings(manifest),
    ...networkFindings(manifest.networks),
    ...inferenceFindings(manifest),
    ...labelFindings(manifest),
  ];
}

function inputFindings(input: ManifestInput, index: number, inputs: readonly ManifestInput[]): Finding[] {
  const path: ManifestPath = ['inputs', index];
  const { applicability } = input;
  const findings = rangeFindings(applicability, [...path, 'applicability']);
  for (const list of ['anyOf', 'noneOf'] as const) {
    (applicability.descriptions?.[list] ?? []).forEach((pattern, position) => {
      const message = patternProblem(pattern);
      if (message !== undefined)
        findings.push({
          path: [...path, 'applicability', 'descriptions', list, position],
          message: `the pattern ${message}`,
        });
    });
  }
  findings.push(...vocabularyFindings(applicability, [...path, 'applicability']));
  const prior = input.priorOf;
  if (prior !== undefined && (prior === input.role || !inputs.some((other) => other.role === prior))) {
    findings.push({ path: [...path, 'priorOf'], message: `names no other role; declare an input with role ${prior}` });
  }
  return findings;
}

/** A body part or SOP class that the hub has no word for could never match. */
function vocabularyFindings({ bodyParts, sopClasses }: Applicability, path: ManifestPath): Finding[] {
  const parts = (bodyParts?.anyOf ?? []).flatMap((text, index): Finding[] =>
    bodyPartOf(text) === undefined
      ? [
          {
            path: [...path, 'bodyParts', 'anyOf', index],
            message: `is not one of ${BODY_PARTS.join(', ')} or a synonym`,
          },
        ]
      : [],
  );
  const classes = (sopClasses ?? []).flatMap((text, index): Finding[] =>
    /^[A-Z]/.test(text) && findSopClass(text) === undefined
      ? [{ path: [...path, 'sopClasses', index], message: 'is no storage SOP class of this hub; correct the name' }]
      : [],
  );
  return [...parts, ...classes];
}

/** Ranges anywhere below `value`: a lower end above the upper end never applies, an empty one asks for nothing. */
function rangeFindings(value: unknown, path: ManifestPath): Finding[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { min, max } = value as Range;
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    return [{ path, message: `min ${min} is above max ${max}; exchange them` }];
  }
  return Object.entries(value).flatMap(([key, part]) => rangeFindings(part, [...path, key]));
}

function parameterFindings(parameter: ManifestParameter, index: number): Finding[] {
  const path: ManifestPath = ['parameters', index];
  if (parameter.type === 'enum' && parameter.values === undefined) {
    return [{ path: [...path, 'values'], message: 'is missing; list the values that the enum may have' }];
  }
  if (parameter.type !== 'enum' && parameter.values !== undefined) {
    return [{ path: [...path, 'values'], message: `belongs to type enum only; remove it or set type: enum` }];
  }
  if (parameter.default === undefined || isParameterValue(parameter, parameter.default)) return [];
  return [{ path: [...path, 'default'], message: `is not ${parameterValueWords(parameter)}; correct it or remove it` }];
}

/** Whoever gives a side must not believe that the run knows it. */
function unreadParameters({ parameters }: ModelManifest): Finding[] {
  if (parameters.length === 0) return [];
  const message =
    'are asked for and kept with the job, but no network or step reads them yet: no value changes the result';
  return [{ path: ['parameters'], message, warning: true }];
}

function preprocessingFindings({ preprocessing }: ModelManifest): Finding[] {
  const findings: Finding[] = [];
  const path: ManifestPath = ['preprocessing'];
  const axes = [...preprocessing.orientation].map((letter) =>
    ['LR', 'AP', 'SI'].findIndex((pair) => pair.includes(letter)),
  );
  if (new Set(axes).size !== 3) {
    findings.push({
      path: [...path, 'orientation'],
      message: 'must have one of L/R, one of A/P and one of S/I, e.g. LPS',
    });
  }
  preprocessing.intensity.forEach((step, index) => {
    const at = [...path, 'intensity', index];
    if (step.type === 'window' && step.min >= step.max) findings.push({ path: at, message: 'min must be below max' });
    if (step.type === 'scale' && step.fromMin >= step.fromMax)
      findings.push({ path: at, message: 'fromMin must be below fromMax' });
    if (step.type === 'quantiles' && step.low >= step.high)
      findings.push({ path: at, message: 'low must be below high; both are fractions from 0 to 1' });
    if (step.type === 'zScore' && (step.mean === undefined) !== (step.standardDeviation === undefined))
      findings.push({ path: at, message: 'give both mean and standardDeviation, or neither to measure them' });
  });
  return findings;
}

function networkFindings(networks: readonly ManifestNetwork[]): Finding[] {
  return networks.flatMap((network, index) =>
    network.output.channels === networks[0].output.channels
      ? []
      : [
          {
            path: ['networks', index, 'output', 'channels'],
            message: `differs from networks[0]; the networks of an ensemble have the same channels`,
          },
        ],
  );
}

function inferenceFindings({ inference }: ModelManifest): Finding[] {
  if (inference.mode === 'slidingWindow') {
    return inference.window === undefined
      ? [{ path: ['inference', 'window'], message: 'is missing; give x, y and z of the sliding window in voxels' }]
      : [];
  }
  return (['window', 'overlap'] as const)
    .filter((key) => inference[key] !== undefined)
    .map((key) => ({
      path: ['inference', key],
      message: 'belongs to mode slidingWindow only; remove it or change mode',
    }));
}
