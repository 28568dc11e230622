/** Requests and answers of `/api/v1/retention`. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { RETAINED_KINDS, RETENTION_RULES } from '@modelbank/contracts';
import type { RetainedKind, RetentionRuleName } from '@modelbank/contracts';
import { CentreField, LimitField } from '../access';

const PROTOCOL_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;
const TEN_YEARS = 3650;

export class SetRetentionRuleDto {
  @ApiProperty({ example: 'breast-left', description: 'protocolId of a called AE' })
  @Matches(PROTOCOL_PATTERN, { message: 'protocolId must be kebab-case' })
  protocolId!: string;

  @ApiProperty({ minimum: 0, maximum: TEN_YEARS, description: 'at most so many days after the last delivery' })
  @IsInt()
  @Min(0)
  @Max(TEN_YEARS)
  afterDeliveryDays!: number;

  @ApiProperty({ minimum: 1, maximum: TEN_YEARS, description: 'days after reception of what nothing was made of' })
  @IsInt()
  @Min(1)
  @Max(TEN_YEARS)
  unassignedDays!: number;

  @ApiPropertyOptional({ minimum: 1, maximum: TEN_YEARS, description: 'days after reception to be compared with' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(TEN_YEARS)
  keepAsPriorDays?: number;

  @ApiProperty({ description: 'Why, for the auditor; no patient data' })
  @MinLength(1)
  @MaxLength(500)
  @Matches(/^[^\p{Cc}]*$/u, { message: 'why must be one line' })
  @IsString()
  why!: string;
}

export class DeletionsQuery {
  @CentreField()
  centre?: string;

  @LimitField()
  limit?: number;
}

export class RetentionRuleView {
  @ApiProperty({ type: String, nullable: true, description: 'null: wherever no protocol says otherwise' })
  protocolId!: string | null;
  @ApiProperty() afterDeliveryDays!: number;
  @ApiProperty() unassignedDays!: number;
  @ApiProperty({ type: Number, nullable: true }) keepAsPriorDays!: number | null;
  @ApiProperty({ type: String, nullable: true }) why!: string | null;
}

export class DueView {
  @ApiProperty() centreId!: string;
  @ApiProperty() seriesInstanceUid!: string;
  @ApiProperty() instances!: number;
  @ApiProperty() bytes!: number;
  @ApiProperty({ enum: RETENTION_RULES }) rule!: RetentionRuleName;
  @ApiProperty() days!: number;
  @ApiProperty({ type: String, nullable: true }) protocolId!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) countedFrom!: Date;
}

export class DeletionView {
  @ApiProperty() id!: string;
  @ApiProperty() batchId!: string;
  @ApiProperty({ enum: RETAINED_KINDS }) kind!: RetainedKind;
  @ApiProperty() subjectId!: string;
  @ApiProperty() centreId!: string;
  @ApiProperty() sopInstanceUid!: string;
  @ApiProperty() objectSha256!: string;
  @ApiProperty() sizeBytes!: number;
  @ApiProperty({ enum: RETENTION_RULES }) rule!: RetentionRuleName;
  @ApiProperty() days!: number;
  @ApiProperty({ type: String, nullable: true }) protocolId!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) receivedAt!: Date;
  @ApiProperty({ type: String, format: 'date-time' }) countedFrom!: Date;
  @ApiProperty({ type: String, format: 'date-time' }) decidedAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: its bytes are still there' })
  deletedAt!: Date | null;
}

export class RetentionView {
  @ApiProperty({ type: [RetentionRuleView] }) rules!: RetentionRuleView[];
  @ApiProperty({ description: 'objects whose bytes are gone' }) deletedObjects!: number;
  @ApiProperty() deletedBytes!: number;
  @ApiProperty({ description: 'decided on, and not removed yet' }) pendingObjects!: number;
}

export class SweptView {
  @ApiProperty({ description: 'objects that this sweep decided on' }) decided!: number;
  @ApiProperty({ description: 'objects that were removed, also of earlier decisions' }) removed!: number;
}
