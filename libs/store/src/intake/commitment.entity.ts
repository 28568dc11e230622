/**
 * Storage commitment (PS3.4 Annex J): the gateways that may ask for it, their transactions, and the promises made. Owner:
 * intake. Without a row of its gateway no calling AE is offered the service.
 */
import { Entity, Index, Unique } from 'typeorm';
import type { CommitmentState } from '@modelbank/contracts';
import {
  FlagColumn,
  IdColumn,
  IntColumn,
  JsonColumn,
  KeyColumn,
  NullableJsonColumn,
  NullableKeyColumn,
  NullableTimeColumn,
  TextColumn,
  TimeColumn,
} from '../columns/columns';

/** A calling AE that keeps its originals until we commit, and where it takes our reports. */
@Entity('commitment_gateway')
export class CommitmentGatewayEntity {
  @IdColumn() id!: string;
  @Index() @KeyColumn() centreId!: string;
  @Index({ unique: true }) @KeyColumn(16) aeTitle!: string;
  @KeyColumn(255) host!: string;
  @IntColumn() port!: number;
  @FlagColumn() tls!: boolean;
  /** SHA-256 of the gateway's certificate; without a pin the hub's CA alone is trusted. */
  @NullableKeyColumn() pinnedFingerprintSha256!: string | null;
}

/** [SOP Class UID, SOP Instance UID], in the order of the request. */
export type CommitmentReference = readonly [string, string];
/** [SOP Class UID, SOP Instance UID, Failure Reason]. */
export type CommitmentFailure = readonly [string, string, number];

@Entity('commitment')
export class CommitmentEntity {
  @IdColumn() id!: string;
  @KeyColumn() centreId!: string;
  @KeyColumn(16) aeTitle!: string;
  /** The AE title of ours that was called: reports are made under it. */
  @KeyColumn(16) calledAeTitle!: string;
  @Index() @KeyColumn() transactionUid!: string;
  /** SHA-256 of the sorted references: the same request again is the same transaction. */
  @KeyColumn() requestSha256!: string;
  @JsonColumn() requested!: readonly CommitmentReference[];
  @IntColumn() requestedCount!: number;
  /** Null until it is decided. */
  @NullableJsonColumn() failed!: readonly CommitmentFailure[] | null;
  @IntColumn({ nullable: true }) failedCount!: number | null;
  @KeyColumn(16) state!: CommitmentState;
  @NullableKeyColumn() stateCode!: string | null;
  @TimeColumn() requestedAt!: Date;
  @NullableTimeColumn() decidedAt!: Date | null;
  @NullableTimeColumn() reportedAt!: Date | null;
  /** When it is looked at next; of one that is being worked on, when another may take it over. */
  @Index() @NullableTimeColumn() dueAt!: Date | null;
  /** Rises with every claim, and so is its token. */
  @IntColumn() attempts!: number;
  @TextColumn({ nullable: true }) lastError!: string | null;
}

/** One kept promise. */
@Entity('commitment_item')
@Unique(['commitmentId', 'instanceId'])
export class CommitmentItemEntity {
  @IdColumn() id!: string;
  @KeyColumn() commitmentId!: string;
  @Index() @KeyColumn() instanceId!: string;
  @Index() @TimeColumn() keptUntil!: Date;
}
