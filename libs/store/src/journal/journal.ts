/** Appends to the journal inside the transaction that does what the entry tells, so that neither exists without the other. */
import type { Clock } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { insertRow } from '../schema/insert-row';
import type { Transaction } from '../unit-of-work';
import { JournalEntryEntity } from './journal.entity';

export interface JournalFact {
  /** `noun.verb`, e.g. `centre.added`. */
  readonly kind: string;
  readonly centreId?: string | null;
  /** `operator`, `hub`, or a certificate fingerprint. */
  readonly actor: string;
  readonly subjectId?: string | null;
  /** One sentence without patient data. */
  readonly text: string;
  readonly details?: Readonly<Record<string, unknown>> | null;
}

/** One entry; `details` hold ids, codes and numbers, never free text of a sender. */
export async function appendJournal(tx: Transaction, clock: Clock, fact: JournalFact): Promise<void> {
  const entry: JournalEntryEntity = {
    id: uuidv7(clock),
    at: clock.now(),
    kind: fact.kind,
    centreId: fact.centreId ?? null,
    actor: fact.actor,
    subjectId: fact.subjectId ?? null,
    text: fact.text,
    details: fact.details ?? null,
  };
  await insertRow(tx.manager, JournalEntryEntity, entry);
}
