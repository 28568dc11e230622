/** The requests and answers of `/api/v1/held`. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { HELD_KINDS, HELD_STATES } from '@modelbank/contracts';
import type { HeldKind, HeldState, ParameterValue } from '@modelbank/contracts';
import type { HeldItemEntity } from '@modelbank/store';
import { CentreField } from '../access';

export class HeldQuery {
  @ApiPropertyOptional({ enum: HELD_STATES, default: 'held' })
  @IsOptional()
  @IsIn(HELD_STATES)
  state?: HeldState;

  @ApiPropertyOptional({ enum: HELD_KINDS })
  @IsOptional()
  @IsIn(HELD_KINDS)
  kind?: HeldKind;

  @CentreField()
  centre?: string;
}

export class DiscardHeldItemDto {
  @ApiProperty({ description: 'Who decides' })
  @MinLength(1)
  @MaxLength(128)
  @Matches(/^[^\p{Cc}]*$/u, { message: 'who must be one line' })
  @IsString()
  who!: string;

  @ApiProperty({ description: 'Why, for the journal; no patient data' })
  @MinLength(1)
  @MaxLength(500)
  @Matches(/^[^\p{Cc}]*$/u, { message: 'why must be one line' })
  @IsString()
  why!: string;
}

export class ReleaseHeldItemDto extends DiscardHeldItemDto {
  @ApiPropertyOptional({ description: 'A model version id, or an input set id: one of the options of the item' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9._-]{1,64}$/, { message: 'choose must be an id' })
  @IsString()
  choose?: string;

  @ApiPropertyOptional({ type: Object, description: 'Values by parameter name' })
  @IsOptional()
  @IsObject()
  parameters?: Record<string, ParameterValue>;
}

export class HeldItemView {
  @ApiProperty() id!: string;
  @ApiProperty() centreId!: string;
  @ApiProperty({ enum: HELD_KINDS }) kind!: HeldKind;
  @ApiProperty() subjectId!: string;
  @ApiProperty() code!: string;
  @ApiProperty({ description: 'In words, without patient data' }) reason!: string;
  @ApiProperty({ type: Object, nullable: true }) details!: Record<string, unknown> | null;
  @ApiProperty({ enum: HELD_STATES }) state!: HeldState;
  @ApiProperty({ type: String, format: 'date-time' }) heldAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) resolvedAt!: Date | null;
  @ApiProperty({ type: String, nullable: true }) resolvedBy!: string | null;
  @ApiProperty({ type: String, nullable: true }) resolvedWhy!: string | null;
}

export function heldItemView(row: HeldItemEntity): HeldItemView {
  const { id, centreId, kind, subjectId, code, reason, details, state } = row;
  const { heldAt, resolvedAt, resolvedBy, resolvedWhy } = row;
  return { id, centreId, kind, subjectId, code, reason, details, state, heldAt, resolvedAt, resolvedBy, resolvedWhy };
}
