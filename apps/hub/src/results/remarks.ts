/** What the reader of a result must know, in short sentences: it is AI, for test only, what is missing, cut or to be checked. */
import type { LabelFile } from '@modelbank/contracts';
import type { ModelManifest } from '@modelbank/registry';
import { dicomTime } from './dicom-time';

export interface RemarkFacts {
  readonly manifest: Pick<ModelManifest, 'id' | 'version' | 'labels' | 'postprocessing'>;
  readonly purpose: string;
  readonly labels: readonly Pick<LabelFile, 'name' | 'empty' | 'cutByScanEnd'>[];
  readonly warnings: readonly { readonly label: string; readonly warning: string }[];
  /** When the result that this one replaces was sent, where there is one. */
  readonly replacesSentAt: Date | null;
}

/** Postprocessing's warnings in the words of who has to look; another one is told by its name. */
const WARNINGS: Readonly<Record<string, string>> = {
  noTwoSides: 'two separate sides were not found; left and right were told apart by the middle of the body',
  implausibleSideVolumes: 'one side has less than a quarter of the volume of the other',
};

/** The most important first: a receiver may show no more than the beginning. */
export function remarksOf(facts: RemarkFacts): string[] {
  const { id, version } = facts.manifest;
  const empty = facts.labels.filter((label) => label.empty).map(({ name }) => name);
  const cut = facts.labels.filter((label) => label.cutByScanEnd).map(({ name }) => name);
  return [
    `Made by AI (${id} ${version}), not approved.`,
    `Purpose ${facts.purpose}: not for clinical use.`,
    ...(facts.replacesSentAt === null ? [] : [replacement(facts.replacesSentAt)]),
    ...(empty.length > 0 ? [`Not found: ${empty.join(', ')}.`] : []),
    ...facts.warnings.map(({ label, warning }) => check(resultNames(label, facts.manifest), warning)),
    ...cutRemark(cut, facts.manifest),
  ];
}

function replacement(sentAt: Date): string {
  const { date, time } = dicomTime(sentAt);
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  return `Replaces the structure set sent ${day} ${time.slice(0, 2)}:${time.slice(2, 4)}: the series has changed since.`;
}

function check(names: readonly string[], warning: string): string {
  return `Check ${names.join(' and ')}: ${WARNINGS[warning] ?? warning}.`;
}

/** A warning names the mask that was split, which its reader never sees: the sides that came of it are named instead. */
function resultNames(label: string, { postprocessing }: RemarkFacts['manifest']): readonly string[] {
  for (const step of postprocessing)
    if (step.step === 'splitSides' && step.label === label) return [step.left, step.right];
  return [label];
}

/** The body outline ends where the scan ends, always: that is no finding. */
function cutRemark(cut: readonly string[], { labels }: RemarkFacts['manifest']): string[] {
  const outlines = labels.filter(({ interpretedType }) => interpretedType === 'EXTERNAL').map(({ name }) => name);
  const told = cut.filter((name) => !outlines.includes(name));
  return told.length > 0 ? [`Cut by the end of the scan: ${told.join(', ')}.`] : [];
}
