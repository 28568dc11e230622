/** All migrations in order. A migration that was released is never edited: what it got wrong, the next one corrects. */
import { FirstJourney1763800000000 } from './1763800000000-first-journey';
import { Retention1764000500000 } from './1764000500000-retention';

export const MIGRATIONS = [FirstJourney1763800000000, Retention1764000500000] as const;
