/** One result on its way to one destination. Owner: delivery. */
import { Entity, Index, Unique } from 'typeorm';
import type { DeliveryState } from '@modelbank/contracts';
import {
  IdColumn,
  IntColumn,
  KeyColumn,
  NullableKeyColumn,
  NullableTimeColumn,
  TextColumn,
  TimeColumn,
} from '../columns/columns';

@Entity('delivery')
@Unique(['resultId', 'destinationId'])
export class DeliveryEntity {
  @IdColumn() id!: string;
  @KeyColumn() resultId!: string;
  @Index() @KeyColumn() jobId!: string;
  @Index() @KeyColumn() centreId!: string;
  @KeyColumn() inputSetId!: string;
  @KeyColumn() destinationId!: string;
  @Index() @KeyColumn(24) state!: DeliveryState;
  @NullableKeyColumn(64) stateCode!: string | null;
  @TextColumn({ nullable: true }) lastError!: string | null;
  @IntColumn() attempts!: number;
  @NullableTimeColumn() nextAttemptAt!: Date | null;
  /** DIMSE status of the last response, e.g. 0x0000. */
  @IntColumn({ nullable: true }) lastStatus!: number | null;
  @NullableTimeColumn() leaseExpiresAt!: Date | null;
  @TimeColumn() createdAt!: Date;
  @NullableTimeColumn() deliveredAt!: Date | null;
}
