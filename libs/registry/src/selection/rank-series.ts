/** Which of several series of one study a task runs on: the manifest's ranking rules, one after the other. */
import type { ObservedRole } from '../applicability/observed';
import { shown } from '../applicability/compare';
import type { RankingRule } from '../manifest/manifest';

export interface RankingCandidate {
  readonly id: string;
  readonly series: ObservedRole;
}

/**
 * The candidates from best to worst; those that no rule tells apart share a place, with their ids in text order. The
 * result does not depend on the order of the candidates.
 */
export function rankSeries(rules: readonly RankingRule[], candidates: readonly RankingCandidate[]): string[][] {
  const keyed = candidates.map(({ id, series }) => ({ id, key: rules.flatMap((rule) => penalties(rule, series)) }));
  keyed.sort((a, b) => compareKeys(a.key, b.key) || (a.id < b.id ? -1 : 1));
  return keyed
    .reduce<{ key: readonly number[]; ids: string[] }[]>((places, { id, key }) => {
      const last = places.at(-1);
      if (last !== undefined && compareKeys(last.key, key) === 0) last.ids.push(id);
      else places.push({ key, ids: [id] });
      return places;
    }, [])
    .map(({ ids }) => ids);
}

/** Lower is better. A list of preferences gives one number per entry, so that the first entry weighs most. */
function penalties(rule: RankingRule, { headers, grid, descriptions }: ObservedRole): number[] {
  switch (rule.by) {
    case 'imageType':
      return rule.prefer.map((word) => penalty(headers.imageType.some((value) => sameWord(value, word))));
    case 'kernel':
      return rule.prefer.map((word) => penalty(sameWord(headers.convolutionKernel ?? '', word)));
    case 'phase':
      return rule.prefer.map((word) => penalty(descriptions.some((text) => holdsWord(text, word))));
    case 'sliceThicknessMm': {
      const thicknessMm = headers.sliceThicknessMm ?? grid?.sliceSpacingMm?.max;
      return [thicknessMm === undefined ? Number.MAX_VALUE : shown(Math.abs(thicknessMm - rule.closestTo))];
    }
    case 'contrast':
      return [penalty(headers.contrast === (rule.prefer === 'with'))];
    case 'slices':
      return [-(grid?.slices ?? 0)];
  }
}

function penalty(preferred: boolean): number {
  return preferred ? 0 : 1;
}

function sameWord(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}

/** The word stands in the text between characters that are neither letters nor digits. */
function holdsWord(text: string, word: string): boolean {
  const separated = (value: string) =>
    ` ${value
      .toUpperCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()} `;
  return separated(text).includes(separated(word));
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index += 1) {
    if (a[index] !== b[index]) return a[index] - b[index];
  }
  return 0;
}
