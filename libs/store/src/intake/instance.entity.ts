/** Durable instances and the associations that brought them. Owner: intake. No patient identity: only its keyed digest. */
import { Entity, Index, Unique } from 'typeorm';
import type { InstanceDisposition, Purpose } from '@modelbank/contracts';
import type { InstanceHeader } from '@modelbank/dicom';
import {
  BigIntColumn,
  FlagColumn,
  IdColumn,
  IntColumn,
  JsonColumn,
  KeyColumn,
  NullableKeyColumn,
  NullableTimeColumn,
  TimeColumn,
} from '../columns/columns';

@Entity('instance')
@Index(['disposition', 'receivedAt'])
@Unique(['centreId', 'sopInstanceUid'])
@Index(['centreId', 'studyInstanceUid', 'seriesInstanceUid'])
@Index(['centreId', 'patientKey', 'studyInstanceUid'])
export class InstanceEntity {
  @IdColumn() id!: string;
  @KeyColumn() centreId!: string;
  @KeyColumn() sopInstanceUid!: string;
  @KeyColumn() sopClassUid!: string;
  @Index() @KeyColumn() studyInstanceUid!: string;
  @Index() @KeyColumn() seriesInstanceUid!: string;
  @KeyColumn() transferSyntaxUid!: string;
  /** HMAC-SHA256(centre key, issuer, PatientID), hex; empty PatientID: null. */
  @NullableKeyColumn() patientKey!: string | null;
  /** SHA-256 of the file that the hub made of the data set first received: the same for the same class, syntax and bytes. */
  @KeyColumn() contentSha256!: string;
  /** SHA-256 of the whole Part-10 file in the object store. */
  @KeyColumn() objectSha256!: string;
  @Index() @KeyColumn(128) objectKey!: string;
  @BigIntColumn() sizeBytes!: number;
  @Index() @KeyColumn() associationId!: string;
  @KeyColumn(16) purpose!: Purpose;
  /** Typed header facts without free text; see dicom's InstanceHeader. */
  @JsonColumn() header!: InstanceHeader;
  @KeyColumn(16) disposition!: InstanceDisposition;
  @NullableKeyColumn(64) dispositionCode!: string | null;
  @TimeColumn() receivedAt!: Date;
  /** When retention took the object; the row stays. Absent in what is inserted. */
  @NullableTimeColumn() deletedAt?: Date | null;
}

@Entity('association')
export class AssociationEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() centreId!: string;
  @KeyColumn(16) callingAeTitle!: string;
  @KeyColumn(16) calledAeTitle!: string;
  @KeyColumn(16) purpose!: Purpose;
  @TimeColumn() startedAt!: Date;
  @NullableTimeColumn() endedAt!: Date | null;
  @NullableKeyColumn(16) outcome!: 'released' | 'aborted' | null;
  @IntColumn() instancesStored!: number;
  @FlagColumn() sendsWholeSeries!: boolean;
  @IntColumn() settleTimeMs!: number;
}
