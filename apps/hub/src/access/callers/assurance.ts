/** Levels of assurance of the Danish standard NSIS, in the English and Danish words that identity providers use. */
import { ASSURANCE_LEVELS } from '@modelbank/platform';
import type { AssuranceLevel } from '@modelbank/platform';

const LEVEL_OF_WORD: ReadonlyMap<string, AssuranceLevel> = new Map([
  ['low', 'low'],
  ['lav', 'low'],
  ['substantial', 'substantial'],
  ['betydelig', 'substantial'],
  ['high', 'high'],
  ['høj', 'high'],
]);

/** Whether a claim reaches the level; what is no level reaches none. */
export function isAssured(claim: unknown, minimum: AssuranceLevel): boolean {
  const level = typeof claim === 'string' ? LEVEL_OF_WORD.get(claim.toLowerCase()) : undefined;
  return level !== undefined && ASSURANCE_LEVELS.indexOf(level) >= ASSURANCE_LEVELS.indexOf(minimum);
}
