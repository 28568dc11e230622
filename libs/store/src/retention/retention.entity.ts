/** How long what is kept, and the record of what was deleted. Owner: retention. */
import { Entity, Index } from 'typeorm';
import type { RetainedKind, RetentionRuleName } from '@modelbank/contracts';
import {
  BigIntColumn,
  IdColumn,
  IntColumn,
  KeyColumn,
  NullableKeyColumn,
  NullableTimeColumn,
  TextColumn,
  TimeColumn,
} from '../columns/columns';

/** Of one protocol; where there is none, the configuration says. */
@Entity('retention_rule')
export class RetentionRuleEntity {
  /** The protocol (CalledAe.protocolId). */
  @IdColumn() id!: string;
  /** Days after the last delivery, at most. */
  @IntColumn() afterDeliveryDays!: number;
  /** Days after reception of what nothing was made of. */
  @IntColumn() unassignedDays!: number;
  /** Days after reception for which images are kept to be compared with; null: not at all. */
  @IntColumn({ nullable: true }) keepAsPriorDays!: number | null;
  @TextColumn() why!: string;
  @TimeColumn() changedAt!: Date;
}

/** One deleted object: decided with its row, `deletedAt` when the bytes are gone. Never deleted itself. */
@Entity('retention_deletion')
export class RetentionDeletionEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() batchId!: string;
  @KeyColumn(16) kind!: RetainedKind;
  /** Id of the row whose object it was. */
  @Index() @KeyColumn() subjectId!: string;
  @Index() @KeyColumn() centreId!: string;
  @KeyColumn() sopInstanceUid!: string;
  @KeyColumn(128) objectKey!: string;
  @KeyColumn() objectSha256!: string;
  @BigIntColumn() sizeBytes!: number;
  /** What the row said before. */
  @KeyColumn(16) state!: string;
  @NullableKeyColumn() stateCode!: string | null;
  @KeyColumn(16) rule!: RetentionRuleName;
  @IntColumn() days!: number;
  @NullableKeyColumn() protocolId!: string | null;
  @TimeColumn() receivedAt!: Date;
  /** The moment from which the days were counted. */
  @TimeColumn() countedFrom!: Date;
  @TimeColumn() decidedAt!: Date;
  @Index() @NullableTimeColumn() deletedAt!: Date | null;
}
