/** What an operator may say about a centre, checked before anything is written. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { DESTINATION_KINDS } from '@modelbank/contracts';
import type { DestinationKind } from '@modelbank/contracts';
import { CENTRE_ID_PATTERN, PeerAddressDto } from '../access';

/** VR AE (PS3.5 6.2): at most 16 characters, no backslash or control character; outer spaces mean nothing, so none here. */
export const AE_TITLE_PATTERN = /^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/;
const DAY_MS = 86_400_000;

export class LegalEntityDto {
  @ApiProperty({ example: 'Region Syddanmark' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiProperty({ example: '2026-01-01T00:00:00Z' })
  @IsISO8601({ strict: true })
  validFrom!: string;

  @ApiPropertyOptional({ example: '2026-12-31T23:59:59Z' })
  @IsOptional()
  @IsISO8601({ strict: true })
  validTo?: string;
}

export class AddCallingAeDto {
  @ApiProperty({ example: 'ODENSE_CT1' })
  @Matches(AE_TITLE_PATTERN, { message: 'aeTitle must be a DICOM AE title of 1-16 characters' })
  aeTitle!: string;

  @ApiPropertyOptional({
    description: "a series is complete this long after its last instance; default: the hub's assembly.settleTimeMs",
  })
  @IsOptional()
  @IsInt()
  @Min(100)
  @Max(DAY_MS)
  settleTimeMs?: number;

  @ApiPropertyOptional({ default: false, description: 'a series is complete when its association is released' })
  @IsOptional()
  @IsBoolean()
  sendsWholeSeries?: boolean;
}

export class AddCentreDto {
  @ApiProperty({ example: 'odense', description: 'short kebab-case id' })
  @Matches(CENTRE_ID_PATTERN, { message: 'id must be 2-31 lower-case letters, digits and hyphens, a letter first' })
  id!: string;

  @ApiProperty({ example: 'Odense Universitetshospital' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiPropertyOptional({ type: LegalEntityDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => LegalEntityDto)
  legalEntity?: LegalEntityDto;

  @ApiPropertyOptional({ type: AddCallingAeDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => AddCallingAeDto)
  callingAe?: AddCallingAeDto;
}

export class AddCertificateDto {
  @ApiProperty({ description: 'one X.509 certificate in PEM' })
  @IsString()
  @Length(64, 20_000)
  pem!: string;
}

export class AddDestinationDto extends PeerAddressDto {
  @ApiProperty({ example: 'PACS' })
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiProperty({ example: 'ODENSE_PACS' })
  @Matches(AE_TITLE_PATTERN, { message: 'aeTitle must be a DICOM AE title of 1-16 characters' })
  aeTitle!: string;

  @ApiProperty({ enum: DESTINATION_KINDS })
  @IsIn(DESTINATION_KINDS)
  kind!: DestinationKind;

  @ApiPropertyOptional({ enum: ['xor', 'keyhole'], default: 'xor', description: 'how holes are written' })
  @IsOptional()
  @IsIn(['xor', 'keyhole'])
  holes?: 'xor' | 'keyhole';
}
