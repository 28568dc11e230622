/** What the API takes and tells about storage commitment. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { COMMITMENT_STATES } from '@modelbank/contracts';
import type { CommitmentState } from '@modelbank/contracts';
import type { CommitmentEntity, CommitmentGatewayEntity } from '@modelbank/store';
import { PeerAddressDto } from '../../access';

/** Where its reports go (N-EVENT-REPORT). */
export class SetGatewayDto extends PeerAddressDto {}

export class GatewayView {
  @ApiProperty() aeTitle!: string;
  @ApiProperty() host!: string;
  @ApiProperty() port!: number;
  @ApiProperty() tls!: boolean;
  @ApiProperty({ type: String, nullable: true }) pinnedFingerprintSha256!: string | null;
}

export class CommitmentQuery {
  @ApiPropertyOptional({ enum: COMMITMENT_STATES })
  @IsOptional()
  @IsIn(COMMITMENT_STATES)
  state?: CommitmentState;
}

export class CommitmentView {
  @ApiProperty() id!: string;
  @ApiProperty() centreId!: string;
  @ApiProperty() aeTitle!: string;
  @ApiProperty() transactionUid!: string;
  @ApiProperty({ enum: COMMITMENT_STATES }) state!: CommitmentState;
  @ApiProperty({ type: String, nullable: true }) stateCode!: string | null;
  @ApiProperty() requested!: number;
  @ApiProperty({ type: Number, nullable: true }) failed!: number | null;
  @ApiProperty() attempts!: number;
  @ApiProperty({ type: String, nullable: true }) lastError!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) requestedAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) reportedAt!: Date | null;
}

export function viewGateway(row: CommitmentGatewayEntity): GatewayView {
  const { aeTitle, host, port, tls, pinnedFingerprintSha256 } = row;
  return { aeTitle, host, port, tls, pinnedFingerprintSha256 };
}

/** Without the lists, which may be long. */
export const LISTED_COLUMNS = {
  ...({ id: true, centreId: true, aeTitle: true, transactionUid: true, state: true, stateCode: true } as const),
  ...({ attempts: true, lastError: true, requestedAt: true, reportedAt: true } as const),
  ...({ requestedCount: true, failedCount: true } as const),
};

export function viewCommitment(row: Pick<CommitmentEntity, keyof typeof LISTED_COLUMNS>): CommitmentView {
  const { id, centreId, aeTitle, transactionUid, state, stateCode } = row;
  const { attempts, lastError, requestedAt, reportedAt, requestedCount, failedCount } = row;
  return {
    ...{ id, centreId, aeTitle, transactionUid, state, stateCode, attempts, lastError, requestedAt, reportedAt },
    requested: requestedCount,
    failed: failedCount,
  };
}
