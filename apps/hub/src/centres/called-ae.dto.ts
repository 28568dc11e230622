/** What an operator may say about a called AE title of the hub. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, Matches, Validate, ValidatorConstraint } from 'class-validator';
import type { ValidatorConstraintInterface } from 'class-validator';
import { PURPOSES } from '@modelbank/contracts';
import type { Purpose } from '@modelbank/contracts';
import { AE_TITLE_PATTERN } from './centre.dto';

/** Small scalars by short names: parameters become part of job keys and of what people read. */
@ValidatorConstraint({ name: 'parameters' })
export class ParameterValues implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    const entries = Object.entries(value);
    return entries.length <= 32 && entries.every(([name, scalar]) => isName(name) && isSmallScalar(scalar));
  }

  defaultMessage(): string {
    return 'parameters must map at most 32 short names to numbers, flags or short words';
  }
}

export class AddCalledAeDto {
  @ApiProperty({ example: 'MB_BREAST_LEFT' })
  @Matches(AE_TITLE_PATTERN, { message: 'aeTitle must be a DICOM AE title of 1-16 characters' })
  aeTitle!: string;

  @ApiProperty({ enum: PURPOSES })
  @IsIn(PURPOSES)
  purpose!: Purpose;

  @ApiPropertyOptional({ example: 'breast-left' })
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: 'protocolId must be kebab-case' })
  protocolId?: string;

  @ApiPropertyOptional({ type: Object, example: { side: 'left' } })
  @IsOptional()
  @IsObject()
  @Validate(ParameterValues)
  parameters?: Record<string, string | number | boolean>;
}

function isName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name);
}

function isSmallScalar(value: unknown): boolean {
  if (typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && value.length <= 100;
}
