/**
 * What becomes of an object whose SOP Instance UID was taken by other bytes, from what differs between the two. Pure; the
 * rules are those of docs/decisions/identity-by-content.md.
 */
import type { ContentComparisonOutcome } from '@modelbank/contracts';
import type { ContentConcern } from '@modelbank/dicom';

export const REVISION_CODES = [
  'CONTENT_CHANGED',
  'PATIENT_CHANGED',
  'STUDY_CHANGED',
  'GEOMETRY_CHANGED',
  'PIXELS_CHANGED',
  'CONTENT_NOT_COMPARABLE',
  'FIRST_DELETED',
] as const;
export type RevisionCode = (typeof REVISION_CODES)[number];
/** A document that people corrected is the only one that goes on. */
export type QuarantineCode = Exclude<RevisionCode, 'CONTENT_CHANGED'>;

/** `duplicate`: the first says the same; `descriptive` names what is merely described otherwise. */
export type ContentVerdict =
  | { readonly kind: 'duplicate'; readonly descriptive: readonly string[] }
  | { readonly kind: 'revision' }
  | { readonly kind: 'quarantine'; readonly code: QuarantineCode; readonly sentence: string };

type GraveConcern = Exclude<ContentConcern, 'content' | 'descriptive'>;

/** The gravest first: it gives the code. */
const GRAVE: readonly (readonly [GraveConcern, QuarantineCode, string])[] = [
  ['patient', 'PATIENT_CHANGED', 'another patient'],
  ['study', 'STUDY_CHANGED', 'another study, series or class'],
  ['geometry', 'GEOMETRY_CHANGED', 'another geometry'],
  ['pixels', 'PIXELS_CHANGED', 'other pixels'],
];

export const NOT_COMPARABLE: ContentVerdict = {
  kind: 'quarantine',
  code: 'CONTENT_NOT_COMPARABLE',
  sentence: 'other bytes that cannot be compared',
};

const FIRST_DELETED: ContentVerdict = {
  kind: 'quarantine',
  code: 'FIRST_DELETED',
  sentence:
    'other bytes after retention had deleted the first, so nobody can say whether it shows the same ' +
    '(what came first is stored again when it comes as it was, in its first transfer syntax)',
};

/** By the facts of the row alone, which can show that something is other, and never that it is the same. */
export function judgeFacts(found: Pick<ContentComparisonOutcome, 'differences'>): ContentVerdict {
  const verdict = judgeContent(found);
  return verdict.kind === 'quarantine' ? verdict : FIRST_DELETED;
}

export function judgeContent({ differences }: Pick<ContentComparisonOutcome, 'differences'>): ContentVerdict {
  const concerns = new Set(differences.map(({ concern }) => concern));
  const grave = GRAVE.filter(([concern]) => concerns.has(concern));
  if (grave.length > 0) {
    const [[, code]] = grave;
    return { kind: 'quarantine', code, sentence: grave.map(([, , words]) => words).join(' and ') };
  }
  if (concerns.has('content')) return { kind: 'revision' };
  return { kind: 'duplicate', descriptive: differences.map(({ attribute }) => attribute) };
}
