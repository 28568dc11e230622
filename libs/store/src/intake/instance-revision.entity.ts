/**
 * Objects that came under a SOP Instance UID which other content of the centre had taken, in the order of their ids. Owner:
 * intake. The first stays where it is: the instance's row, or the result's where the UID is one that the hub gave.
 *
 * This is also what adjustments reads: `disposition` is `waiting` until it has looked at the revision.
 */
import { Entity, Index, Unique } from 'typeorm';
import type { InstanceHeader } from '@modelbank/dicom';
import type { Purpose, RevisionDisposition, RevisionOf } from '@modelbank/contracts';
import { BigIntColumn, IdColumn, JsonColumn, KeyColumn, NullableKeyColumn, TimeColumn } from '../columns/columns';

@Entity('instance_revision')
@Unique(['centreId', 'sopInstanceUid', 'contentSha256', 'transferSyntaxUid'])
export class InstanceRevisionEntity {
  @IdColumn() id!: string;
  @KeyColumn() centreId!: string;
  @KeyColumn() sopInstanceUid!: string;
  @KeyColumn() sopClassUid!: string;
  @Index() @KeyColumn() studyInstanceUid!: string;
  @KeyColumn() seriesInstanceUid!: string;
  @KeyColumn() transferSyntaxUid!: string;
  @NullableKeyColumn() patientKey!: string | null;
  /** What the UID belonged to before. */
  @KeyColumn(16) firstKind!: RevisionOf;
  /** Id of the instance or of the result. */
  @Index() @KeyColumn() firstId!: string;
  /** SHA-256 of the data set bytes as received. */
  @KeyColumn() contentSha256!: string;
  /** SHA-256 of what it says and shows, the same in every encoding; null where it could not be compared. */
  @NullableKeyColumn() decodedSha256!: string | null;
  @KeyColumn() objectSha256!: string;
  @Index() @KeyColumn(128) objectKey!: string;
  @BigIntColumn() sizeBytes!: number;
  @KeyColumn() associationId!: string;
  @KeyColumn(16) purpose!: Purpose;
  @JsonColumn() header!: InstanceHeader;
  @Index() @KeyColumn(16) disposition!: RevisionDisposition;
  @KeyColumn(64) dispositionCode!: string;
  /** What differs from the first: names of attributes and numbers, never values of the sender. */
  @JsonColumn() differences!: Record<string, unknown>;
  @TimeColumn() receivedAt!: Date;
}
