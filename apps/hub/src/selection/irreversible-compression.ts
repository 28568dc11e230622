/**
 * An input set of which irreversible compression took something, and which models would have read were it not for that: it
 * waits for a person, because a better copy of it exists at the sender. Where one model takes it as it is, nothing waits.
 */
import { missesCompressionOnly } from '@modelbank/registry';
import type { EvaluatedSet } from './evaluated-group';

export const IRREVERSIBLY_COMPRESSED = 'IRREVERSIBLY_COMPRESSED';

export const IRREVERSIBLY_COMPRESSED_REASON =
  'The images are irreversibly compressed and no model takes such images. Send them losslessly under UIDs of their own, or discard.';

export function waitsForBetterImages({ candidates }: Pick<EvaluatedSet, 'candidates'>): boolean {
  return (
    candidates.every(({ applies }) => !applies) && candidates.some(({ criteria }) => missesCompressionOnly(criteria))
  );
}
