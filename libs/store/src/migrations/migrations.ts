/** All migrations in order. A migration that was released is never edited: what it got wrong, the next one corrects. */
import { FirstJourney1763800000000 } from './1763800000000-first-journey';
import { StorageCommitment1764000200000 } from './1764000200000-storage-commitment';

export const MIGRATIONS = [FirstJourney1763800000000, StorageCommitment1764000200000] as const;
