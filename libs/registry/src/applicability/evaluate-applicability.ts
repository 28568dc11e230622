/** Whether a model version can be run on an input set: every criterion of every role, each with what was asked and seen. */
import type { CriterionResult } from '../decision';
import type { ManifestInput, ModelManifest } from '../manifest/manifest';
import { COMPRESSION_KEY } from './compression';
import { judgeRole } from './judge-role';
import type { ObservedInputSet, ObservedRole } from './observed';

/** Stands in for a role that the input set lacks, so that its criteria are listed too; nothing of it is ever reported. */
const ABSENT_ROLE: ObservedRole = {
  headers: { sopClassUids: [], modality: '', imageType: [], contrast: false, irreversiblyCompressed: false },
  descriptions: [],
};

/** All criteria, the roles first. What is not known counts as not met (`applies`). */
export function evaluateApplicability(manifest: ModelManifest, observed: ObservedInputSet): CriterionResult[] {
  return [
    judgeRoles(manifest, observed),
    ...manifest.inputs.flatMap((input) => judgeInput(input, observed[input.role])),
  ];
}

/** A version applies when every criterion is met. */
export function applies(criteria: readonly CriterionResult[]): boolean {
  return criteria.every(({ outcome }) => outcome === 'met');
}

/** Whether a version would apply, or wait for its image facts, were it not for irreversible compression. */
export function missesCompressionOnly(criteria: readonly CriterionResult[]): boolean {
  const open = criteria.filter(({ outcome }) => outcome !== 'met');
  const rest = open.filter(({ criterion }) => !criterion.endsWith(COMPRESSION));
  return rest.length < open.length && (rest.length === 0 || waitsForImageFacts(rest));
}
const COMPRESSION = `.applicability.${COMPRESSION_KEY}`;

/** Whether the manifest asks for facts that are measured from the pixels. */
export function needsImageFacts(manifest: ModelManifest): boolean {
  return manifest.inputs.some(({ applicability }) => Object.keys(applicability.image ?? {}).length > 0);
}

/** Whether measuring the image facts could still make the version apply: nothing else stands against it. */
export function waitsForImageFacts(criteria: readonly CriterionResult[]): boolean {
  const open = criteria.filter(({ outcome }) => outcome !== 'met');
  return open.length > 0 && open.every(({ criterion, outcome }) => outcome === 'unknown' && criterion.includes(FACTS));
}
const FACTS = '.applicability.image.';

/** The input set has exactly the roles that the model reads. */
function judgeRoles(manifest: ModelManifest, observed: ObservedInputSet): CriterionResult {
  const required = manifest.inputs.map(({ role }) => role).sort();
  const present = Object.keys(observed).sort();
  return {
    criterion: 'inputs',
    required: required.join(', '),
    observed: present.join(', '),
    outcome: required.join() === present.join() ? 'met' : 'notMet',
  };
}

function judgeInput({ role, applicability }: ManifestInput, observed: ObservedRole | undefined): CriterionResult[] {
  return judgeRole(applicability, observed ?? ABSENT_ROLE).map(([key, judgement]) => ({
    criterion: `inputs.${role}.applicability.${key}`,
    ...judgement,
    ...(observed === undefined ? { observed: 'no such input', outcome: 'unknown' as const } : {}),
  }));
}
