/** The outbox: one row per subscriber of an event, written in the same transaction as what the event tells. */
import { Entity, Index, Unique } from 'typeorm';
import type { Envelope, QueueName } from '@modelbank/contracts';
import {
  IdColumn,
  IntColumn,
  JsonColumn,
  KeyColumn,
  NullableTimeColumn,
  TextColumn,
  TimeColumn,
} from '../columns/columns';

@Entity('outbox_message')
@Unique(['queue', 'messageId'])
@Index(['state', 'queue', 'nextAttemptAt'])
export class OutboxMessageEntity {
  /** UUIDv7: a queue is read in this order. */
  @IdColumn() id!: string;
  @KeyColumn() messageId!: string;
  @KeyColumn(128) queue!: QueueName;
  @JsonColumn() envelope!: Envelope;
  @KeyColumn(16) state!: 'pending' | 'dead';
  @IntColumn() attempts!: number;
  @TimeColumn() nextAttemptAt!: Date;
  @TextColumn({ nullable: true }) lastError!: string | null;
  @NullableTimeColumn() deadAt!: Date | null;
}

/** What a subscriber has processed: written in its own transaction, so that a repetition changes nothing. */
@Entity('inbox_message')
@Unique(['queue', 'messageId'])
export class InboxMessageEntity {
  @IdColumn() id!: string;
  @KeyColumn(128) queue!: QueueName;
  @KeyColumn() messageId!: string;
  @TimeColumn() processedAt!: Date;
}
