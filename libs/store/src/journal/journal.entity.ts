/** The journal: who did what, and what the hub refused or held. Append-only. */
import { Entity, Index } from 'typeorm';
import { IdColumn, KeyColumn, NullableJsonColumn, NullableKeyColumn, TextColumn, TimeColumn } from '../columns/columns';

@Entity('journal_entry')
export class JournalEntryEntity {
  /** UUIDv7: sorts in time order. */
  @IdColumn() id!: string;
  @Index() @TimeColumn() at!: Date;
  /** E.g. `association.rejected`, `series.held`, `result.delivered`. */
  @Index() @KeyColumn() kind!: string;
  @NullableKeyColumn() centreId!: string | null;
  /** Who: `operator`, `hub`, or a certificate fingerprint. */
  @KeyColumn(128) actor!: string;
  @NullableKeyColumn() subjectId!: string | null;
  @TextColumn() text!: string;
  @NullableJsonColumn() details!: Record<string, unknown> | null;
}
