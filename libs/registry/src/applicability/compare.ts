/** How one criterion is judged and put into words: against a range, a list of words, or a choice. */
import type { CriterionResult } from '../decision';
import type { Range } from '../manifest/manifest';
import type { Span } from './observed';

/** A judgement without the path of its criterion. */
export type Judgement = Omit<CriterionResult, 'criterion'>;

/** Numbers are compared as they are shown, so that 5.0004 mm from rounded positions is the 5 mm that the scanner meant. */
const DECIMALS = 3;

export function shown(value: number): number {
  return Number(value.toFixed(DECIMALS));
}

/** A value, or the lowest and highest of several, within a range; both ends belong to it. */
export function judgeRange(range: Range, unit: string, observed: number | Span | undefined): Judgement {
  const required = rangeWords(range, unit);
  if (observed === undefined || (typeof observed === 'number' && !Number.isFinite(observed))) {
    return { required, observed: 'not known', outcome: 'unknown' };
  }
  const { min, max } = typeof observed === 'number' ? { min: observed, max: observed } : observed;
  const [low, high] = [shown(min), shown(max)];
  const within = low >= (range.min ?? -Infinity) && high <= (range.max ?? Infinity);
  const words = low === high ? withUnit(low, unit) : `${low} to ${withUnit(high, unit)}`;
  return { required, observed: words, outcome: within ? 'met' : 'notMet' };
}

/** One observed word among those that the manifest lists; letters count without case. */
export function judgeWord(allowed: readonly string[], observed: string | undefined): Judgement {
  return judgeWords(allowed, observed === undefined ? [] : [observed]);
}

/** Every observed word among those that the manifest lists. */
export function judgeWords(allowed: readonly string[], observed: readonly string[]): Judgement {
  const required = allowed.join(' or ');
  if (observed.length === 0) return { required, observed: 'not known', outcome: 'unknown' };
  const accepted = new Set(allowed.map((word) => word.toUpperCase()));
  const met = observed.every((word) => accepted.has(word.toUpperCase()));
  return { required, observed: observed.join(', '), outcome: met ? 'met' : 'notMet' };
}

/** What is missing counts as met where the manifest says `orMissing`. */
export function allowMissing(judgement: Judgement, orMissing: boolean | undefined): Judgement {
  if (orMissing !== true) return judgement;
  const required = `${judgement.required}, or not stated`;
  return judgement.outcome === 'unknown'
    ? { required, observed: 'not stated', outcome: 'met' }
    : { ...judgement, required };
}

function rangeWords({ min, max }: Range, unit: string): string {
  if (min !== undefined && max !== undefined) {
    return min === max ? `exactly ${withUnit(min, unit)}` : `${min} to ${withUnit(max, unit)}`;
  }
  if (min !== undefined) return `at least ${withUnit(min, unit)}`;
  return max === undefined ? 'any value' : `at most ${withUnit(max, unit)}`;
}

function withUnit(value: number, unit: string): string {
  return unit === '' ? `${value}` : `${value} ${unit}`;
}
