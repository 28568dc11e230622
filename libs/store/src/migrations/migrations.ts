/** All migrations in order. A migration that was released is never edited: what it got wrong, the next one corrects. */
import { FirstJourney1763800000000 } from './1763800000000-first-journey';
import { UnknownSenders1764000100000 } from './1764000100000-unknown-senders';
import { StorageCommitment1764000200000 } from './1764000200000-storage-commitment';
import { Persons1764000300000 } from './1764000300000-persons';
import { StudySearch1764000300001 } from './1764000300001-study-search';

export const MIGRATIONS = [
  FirstJourney1763800000000,
  UnknownSenders1764000100000,
  StorageCommitment1764000200000,
  Persons1764000300000,
  StudySearch1764000300001,
] as const;
