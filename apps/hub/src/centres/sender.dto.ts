/** The requests and answers of `/api/v1/senders`. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import type { UnknownSenderEntity } from '@modelbank/store';
import { CENTRE_ID_PATTERN, LimitField } from '../access';
import { adviceFor } from './sender-advice';

export class SendersQuery {
  @LimitField()
  limit?: number;
}

export class DismissSenderDto {
  @ApiPropertyOptional({ description: 'who decides, for the journal' })
  @IsOptional()
  @MinLength(1)
  @MaxLength(128)
  @Matches(/^[^\p{Cc}]*$/u, { message: 'who must be one line' })
  @IsString()
  who?: string;
}

export class EnrolSenderDto extends DismissSenderDto {
  @ApiProperty({ example: 'odense', description: 'the centre that the sender belongs to' })
  @Matches(CENTRE_ID_PATTERN, { message: 'centreId must be the id of a centre' })
  centreId!: string;

  @ApiPropertyOptional({ default: false, description: 'add its calling AE title to the centre too' })
  @IsOptional()
  @IsBoolean()
  callingAe?: boolean;
}

export class SenderView {
  @ApiProperty() id!: string;
  @ApiProperty({ description: 'the rule that refused it' }) code!: string;
  @ApiProperty({ description: 'the same in words' }) why!: string;
  @ApiProperty({ description: 'what would let it in' }) whatToDo!: string;
  @ApiProperty({ type: String, nullable: true, description: 'other characters than printable ones as \\xNN' })
  callingAeTitle!: string | null;
  @ApiProperty({ type: String, nullable: true }) calledAeTitle!: string | null;
  @ApiProperty() remoteAddress!: string;
  @ApiProperty({ type: String, nullable: true, description: 'the centre of its certificate' })
  centreId!: string | null;
  @ApiProperty({ type: String, nullable: true }) fingerprintSha256!: string | null;
  @ApiProperty({ type: String, nullable: true }) serialNumber!: string | null;
  @ApiProperty({ type: String, nullable: true }) subject!: string | null;
  @ApiProperty({ type: String, nullable: true }) issuer!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) notBefore!: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) notAfter!: Date | null;
  @ApiProperty({ description: 'TLS believed the certificate' }) isTrusted!: boolean;
  @ApiProperty() attempts!: number;
  @ApiProperty({ type: String, format: 'date-time' }) firstSeenAt!: Date;
  @ApiProperty({ type: String, format: 'date-time' }) lastSeenAt!: Date;
}

export class SenderWithCertificateView extends SenderView {
  @ApiProperty({ type: String, nullable: true, description: 'its public certificate' }) pem!: string | null;
}

export function viewSender(row: UnknownSenderEntity): SenderView {
  const { id, code, callingAeTitle, calledAeTitle, remoteAddress, centreId } = row;
  const { fingerprintSha256, serialNumber, subject, issuer, notBefore, notAfter } = row;
  const { isTrusted, attempts, firstSeenAt, lastSeenAt } = row;
  return {
    ...{ id, code, ...adviceFor(row), callingAeTitle, calledAeTitle, remoteAddress, centreId },
    ...{ fingerprintSha256, serialNumber, subject, issuer, notBefore, notAfter },
    ...{ isTrusted, attempts, firstSeenAt, lastSeenAt },
  };
}
