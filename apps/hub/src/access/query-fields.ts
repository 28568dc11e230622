/** What list routes have in common in their queries, checked and described in one place. */
import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

export const CENTRE_ID_PATTERN = /^[a-z][a-z0-9-]{1,30}$/;
const MOST_ROWS = 1000;
export const DEFAULT_ROWS = 100;

/** Only what belongs to one centre. */
export function CentreField(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ example: 'odense', description: 'only what belongs to this centre' }),
    IsOptional(),
    Matches(CENTRE_ID_PATTERN, { message: 'centre must be the id of a centre' }),
  );
}

/** At most this many rows. */
export function LimitField(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ default: DEFAULT_ROWS, minimum: 1, maximum: MOST_ROWS }),
    IsOptional(),
    Type(() => Number),
    IsInt(),
    Min(1),
    Max(MOST_ROWS),
  );
}
