/** People with a local account: the embedded default where no identity provider is configured. Owner: access. */
import { Entity, Index } from 'typeorm';
import { IdColumn, KeyColumn, NullableKeyColumn, NullableTimeColumn, TextColumn, TimeColumn } from '../columns/columns';

@Entity('person')
export class PersonEntity {
  /** Short id that operators use and the journal names, e.g. `anna.holm`. */
  @IdColumn() id!: string;
  @TextColumn() name!: string;
  /** Null: all centres. */
  @Index() @NullableKeyColumn() centreId!: string | null;
  @KeyColumn(16) role!: string;
  /** SHA-256 of the token, hex; the token itself is shown once and kept nowhere. */
  @Index({ unique: true }) @KeyColumn() tokenSha256!: string;
  @TimeColumn() addedAt!: Date;
  @TimeColumn() expiresAt!: Date;
  @NullableTimeColumn() revokedAt!: Date | null;
}
