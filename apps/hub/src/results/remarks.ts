/** What the reader of a result must know, in short sentences: it is AI, for test only, and what is missing or cut. */
import type { LabelFile } from '@modelbank/contracts';

export interface RemarkFacts {
  readonly model: string;
  readonly version: string;
  readonly purpose: string;
  readonly labels: readonly Pick<LabelFile, 'name' | 'empty' | 'cutByScanEnd'>[];
  readonly warnings: readonly { readonly label: string; readonly warning: string }[];
  /** When the result that this one replaces was sent, where there is one. */
  readonly replacesSentAt: Date | null;
}

export function remarksOf(facts: RemarkFacts): string[] {
  const named = (choose: (label: RemarkFacts['labels'][number]) => boolean) =>
    facts.labels.filter(choose).map(({ name }) => name);
  const empty = named((label) => label.empty);
  const cut = named((label) => label.cutByScanEnd);
  return [
    `Made by AI (${facts.model} ${facts.version}), not approved.`,
    `Purpose ${facts.purpose}: not for clinical use.`,
    ...(empty.length > 0 ? [`Not found: ${empty.join(', ')}.`] : []),
    ...(cut.length > 0 ? [`Cut by the end of the scan: ${cut.join(', ')}.`] : []),
    ...facts.warnings.map(({ label, warning }) => `Look at ${label}: ${warning}.`),
    ...(facts.replacesSentAt === null
      ? []
      : [`Replaces the structure set sent ${facts.replacesSentAt.toISOString()}: the series has changed since.`]),
  ];
}
