/** All migrations in order. A migration that was released is never edited: what it got wrong, the next one corrects. */
import { FirstJourney1763800000000 } from './1763800000000-first-journey';
import { InstanceRevisions1764000400000 } from './1764000400000-instance-revisions';

export const MIGRATIONS = [FirstJourney1763800000000, InstanceRevisions1764000400000] as const;
