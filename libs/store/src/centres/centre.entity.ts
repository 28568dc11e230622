/** Centres and what binds them to the network: legal entities, AE titles, certificates, destinations. Owner: centres. */
import { Entity, Index } from 'typeorm';
import type { DestinationKind, Purpose } from '@modelbank/contracts';
import {
  FlagColumn,
  IdColumn,
  IntColumn,
  KeyColumn,
  NullableKeyColumn,
  NullableJsonColumn,
  NullableTimeColumn,
  TextColumn,
  TimeColumn,
} from '../columns/columns';

@Entity('centre')
export class CentreEntity {
  /** Short kebab-case id that operators use, e.g. `odense`. */
  @IdColumn() id!: string;
  @TextColumn() name!: string;
  @TimeColumn() createdAt!: Date;
}

/** The legal entity that a centre belongs to, with dates: regions merge (1 January 2027). */
@Entity('legal_entity')
export class LegalEntityEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() centreId!: string;
  @TextColumn() name!: string;
  @TimeColumn() validFrom!: Date;
  @NullableTimeColumn() validTo!: Date | null;
}

/** A calling AE title of a centre and how its series complete. */
@Entity('calling_ae')
export class CallingAeEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() centreId!: string;
  @Index({ unique: true }) @KeyColumn(16) aeTitle!: string;
  @IntColumn() settleTimeMs!: number;
  @FlagColumn() sendsWholeSeries!: boolean;
}

/** A called AE title of the hub: selects purpose, protocol and parameters that DICOM does not carry. */
@Entity('called_ae')
export class CalledAeEntity {
  @IdColumn() id!: string;
  @Index({ unique: true }) @KeyColumn(16) aeTitle!: string;
  @KeyColumn(16) purpose!: Purpose;
  @NullableKeyColumn() protocolId!: string | null;
  @NullableJsonColumn() parameters!: Record<string, string | number | boolean> | null;
}

@Entity('centre_certificate')
export class CentreCertificateEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() centreId!: string;
  /** SHA-256 of the DER certificate, lower-case hex. */
  @Index({ unique: true }) @KeyColumn() fingerprintSha256!: string;
  @KeyColumn() serialNumber!: string;
  @TextColumn() subject!: string;
  @TimeColumn() notBefore!: Date;
  @TimeColumn() notAfter!: Date;
  @NullableTimeColumn() revokedAt!: Date | null;
  @TimeColumn() enrolledAt!: Date;
}

/** Where a centre's results go. */
@Entity('destination')
export class DestinationEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() centreId!: string;
  @TextColumn() name!: string;
  @KeyColumn(16) aeTitle!: string;
  @KeyColumn(255) host!: string;
  @IntColumn() port!: number;
  @FlagColumn() tls!: boolean;
  /** SHA-256 of the peer's certificate; a TLS destination without a pin trusts the hub's CA alone. */
  @NullableKeyColumn() pinnedFingerprintSha256!: string | null;
  @KeyColumn(16) kind!: DestinationKind;
  /** How holes are written: opposite-winding contours (XOR) or keyhole channels. */
  @KeyColumn(16) holes!: 'xor' | 'keyhole';
  @FlagColumn() active!: boolean;
}
