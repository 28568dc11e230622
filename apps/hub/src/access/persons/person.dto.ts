/** The requests and answers of `/api/v1/persons`. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import type { PersonEntity } from '@modelbank/store';
import { CENTRE_ID_PATTERN } from '../query-fields';
import { ROLES } from '../roles';
import type { Role } from '../roles';

/** No ten digits in a row: a CPR number must not become the name of an account. */
const PERSON_ID_PATTERN = /^(?!.*\d{10})[a-z][a-z0-9.-]{1,62}$/;

export class AddPersonDto {
  @ApiProperty({ example: 'anna.holm', description: 'short id, which the journal names' })
  @Matches(PERSON_ID_PATTERN, { message: 'id must be 2-63 lower-case letters, digits, dots and hyphens' })
  id!: string;

  @ApiProperty({ example: 'Anna Holm' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({ enum: ROLES })
  @IsIn(ROLES)
  role!: Role;

  @ApiPropertyOptional({ example: 'odense', description: 'whose data the person sees' })
  @IsOptional()
  @Matches(CENTRE_ID_PATTERN, { message: 'centre must be the id of a centre' })
  centre?: string;

  @ApiPropertyOptional({ description: 'an auditor sees all centres; instead of `centre`' })
  @IsOptional()
  @IsBoolean()
  allCentres?: boolean;

  @ApiPropertyOptional({ description: 'the token is good for so many days; default: identity.personTokenDays' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(366)
  days?: number;
}

export class PersonView {
  @ApiProperty() id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ enum: ROLES }) role!: string;
  @ApiProperty({ type: String, nullable: true, description: 'null: all centres' }) centreId!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) addedAt!: Date;
  @ApiProperty({ type: String, format: 'date-time' }) expiresAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) revokedAt!: Date | null;
}

export class AddedPersonView extends PersonView {
  @ApiProperty({ description: 'shown once, kept nowhere' }) token!: string;
}

export function viewPerson({ id, name, role, centreId, addedAt, expiresAt, revokedAt }: PersonEntity): PersonView {
  return { id, name, role, centreId, addedAt, expiresAt, revokedAt };
}
