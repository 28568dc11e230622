/** Senders that were not let in, for an operator to enrol or dismiss. Owner: centres. Bounded; never any data that was sent. */
import { Entity, Index } from 'typeorm';
import {
  FlagColumn,
  IdColumn,
  IntColumn,
  KeyColumn,
  NullableJsonColumn,
  NullableKeyColumn,
  NullableTimeColumn,
  TextColumn,
  TimeColumn,
} from '../columns/columns';

@Entity('unknown_sender')
export class UnknownSenderEntity {
  @IdColumn() id!: string;
  /** SHA-256 of what makes two attempts the same: rule, certificate, AE titles and address. */
  @Index({ unique: true }) @KeyColumn() digest!: string;
  @KeyColumn() code!: string;
  /** Printable: other characters as `\xNN`. */
  @NullableKeyColumn() callingAeTitle!: string | null;
  @NullableKeyColumn() calledAeTitle!: string | null;
  @KeyColumn() remoteAddress!: string;
  @NullableKeyColumn() centreId!: string | null;
  @NullableKeyColumn() fingerprintSha256!: string | null;
  @NullableKeyColumn() serialNumber!: string | null;
  @TextColumn({ nullable: true }) subject!: string | null;
  @TextColumn({ nullable: true }) issuer!: string | null;
  @NullableTimeColumn() notBefore!: Date | null;
  @NullableTimeColumn() notAfter!: Date | null;
  /** The public certificate. */
  @NullableJsonColumn() pem!: string | null;
  /** TLS believed the certificate. */
  @FlagColumn() isTrusted!: boolean;
  @IntColumn() attempts!: number;
  @TimeColumn() firstSeenAt!: Date;
  @Index() @TimeColumn() lastSeenAt!: Date;
}
