/** Where a peer listens and what its certificate must be, as the API takes it: of destinations and of commitment gateways. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

const HOST_PATTERN = /^[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?$/;
const FINGERPRINT_PATTERN = /^[0-9a-f]{64}$/;

export class PeerAddressDto {
  @ApiProperty({ example: 'pacs.example.org' })
  @Matches(HOST_PATTERN, { message: 'host must be a host name or an address' })
  host!: string;

  @ApiProperty({ example: 2762 })
  @IsInt()
  @Min(1)
  @Max(65_535)
  port!: number;

  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @IsBoolean()
  tls?: boolean;

  @ApiPropertyOptional({
    description: "SHA-256 of the peer's certificate, hex; without it the hub's CA alone is trusted",
  })
  @IsOptional()
  @Matches(FINGERPRINT_PATTERN, { message: 'pinnedFingerprintSha256 must be 64 lower-case hexadecimal digits' })
  pinnedFingerprintSha256?: string;
}
