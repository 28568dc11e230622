/** All migrations in order. A migration that was released is never edited: what it got wrong, the next one corrects. */
import { FirstJourney1763800000000 } from './1763800000000-first-journey';
import { UnknownSenders1764000100000 } from './1764000100000-unknown-senders';

export const MIGRATIONS = [FirstJourney1763800000000, UnknownSenders1764000100000] as const;
