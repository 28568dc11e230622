/** All migrations in order. A migration that was released is never edited: what it got wrong, the next one corrects. */
import { FirstJourney1763800000000 } from './1763800000000-first-journey';
import { Persons1764000300000 } from './1764000300000-persons';
import { StudySearch1764000300001 } from './1764000300001-study-search';

export const MIGRATIONS = [FirstJourney1763800000000, Persons1764000300000, StudySearch1764000300001] as const;
