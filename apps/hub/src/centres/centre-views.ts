/** What the API tells about centres. */
import { ApiProperty } from '@nestjs/swagger';
import type { DestinationKind, Purpose } from '@modelbank/contracts';
import type {
  CalledAeEntity,
  CallingAeEntity,
  CentreCertificateEntity,
  CentreEntity,
  DestinationEntity,
  LegalEntityEntity,
} from '@modelbank/store';

export class CentreSummary {
  @ApiProperty() id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: String, format: 'date-time' }) createdAt!: Date;
}

export class LegalEntityView {
  @ApiProperty() id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: String, format: 'date-time' }) validFrom!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) validTo!: Date | null;
}

export class CallingAeView {
  @ApiProperty() aeTitle!: string;
  @ApiProperty() settleTimeMs!: number;
  @ApiProperty() sendsWholeSeries!: boolean;
}

export class CertificateView {
  @ApiProperty() fingerprintSha256!: string;
  @ApiProperty() serialNumber!: string;
  @ApiProperty() subject!: string;
  @ApiProperty({ type: String, format: 'date-time' }) notBefore!: Date;
  @ApiProperty({ type: String, format: 'date-time' }) notAfter!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) revokedAt!: Date | null;
  @ApiProperty({ type: String, format: 'date-time' }) enrolledAt!: Date;
}

export class DestinationView {
  @ApiProperty() id!: string;
  @ApiProperty() name!: string;
  @ApiProperty() aeTitle!: string;
  @ApiProperty() host!: string;
  @ApiProperty() port!: number;
  @ApiProperty() tls!: boolean;
  @ApiProperty({ type: String, nullable: true }) pinnedFingerprintSha256!: string | null;
  @ApiProperty({ enum: ['clinical', 'test'] }) kind!: DestinationKind;
  @ApiProperty({ enum: ['xor', 'keyhole'] }) holes!: 'xor' | 'keyhole';
  @ApiProperty() active!: boolean;
}

export class CentreView extends CentreSummary {
  @ApiProperty({ type: [LegalEntityView] }) legalEntities!: LegalEntityView[];
  @ApiProperty({ type: [CallingAeView] }) callingAes!: CallingAeView[];
  @ApiProperty({ type: [CertificateView] }) certificates!: CertificateView[];
  @ApiProperty({ type: [DestinationView] }) destinations!: DestinationView[];
}

export class CalledAeView {
  @ApiProperty() aeTitle!: string;
  @ApiProperty() purpose!: Purpose;
  @ApiProperty({ type: String, nullable: true }) protocolId!: string | null;
  @ApiProperty({ type: Object, nullable: true }) parameters!: Record<string, string | number | boolean> | null;
}

export function viewCentre({ id, name, createdAt }: CentreEntity): CentreSummary {
  return { id, name, createdAt };
}

export function viewLegalEntity({ id, name, validFrom, validTo }: LegalEntityEntity): LegalEntityView {
  return { id, name, validFrom, validTo };
}

export function viewCallingAe({ aeTitle, settleTimeMs, sendsWholeSeries }: CallingAeEntity): CallingAeView {
  return { aeTitle, settleTimeMs, sendsWholeSeries };
}

export function viewCertificate(row: CentreCertificateEntity): CertificateView {
  const { fingerprintSha256, serialNumber, subject, notBefore, notAfter, revokedAt, enrolledAt } = row;
  return { fingerprintSha256, serialNumber, subject, notBefore, notAfter, revokedAt, enrolledAt };
}

export function viewDestination(row: DestinationEntity): DestinationView {
  const { id, name, aeTitle, host, port, tls, pinnedFingerprintSha256, kind, holes, active } = row;
  return { id, name, aeTitle, host, port, tls, pinnedFingerprintSha256, kind, holes, active };
}

export function viewCalledAe({ aeTitle, purpose, protocolId, parameters }: CalledAeEntity): CalledAeView {
  return { aeTitle, purpose, protocolId, parameters };
}
