/** Of versions that do not apply, those that came nearest: what an operator reads first when nothing was selected. */
import type { CriterionResult } from '../decision';

export interface Miss {
  readonly modelId: string;
  readonly version: string;
  readonly criteria: readonly CriterionResult[];
}

/** The versions in the order of how many criteria they missed, each with those; at most `limit`. Versions that apply are left out. */
export function nearestMisses<T extends Miss>(
  candidates: readonly T[],
  limit = 5,
): (T & { readonly missed: readonly CriterionResult[] })[] {
  return candidates
    .map((candidate) => ({ ...candidate, missed: candidate.criteria.filter(({ outcome }) => outcome !== 'met') }))
    .filter(({ missed }) => missed.length > 0)
    .sort((a, b) => a.missed.length - b.missed.length || compareText(nameOf(a), nameOf(b)))
    .slice(0, limit);
}

function nameOf({ modelId, version }: Miss): string {
  return `${modelId} ${version}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
