/** Every change to centres: checked, written with its journal entry in one transaction, then told to the directory. */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, HubError, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, PresentedIdentity } from '@modelbank/contracts';
import { CONFIGURATION, uuidv7 } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import {
  CallingAeEntity,
  CentreCertificateEntity,
  CentreEntity,
  DestinationEntity,
  LegalEntityEntity,
  UnknownSenderEntity,
  appendJournal,
} from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import type { AddCallingAeDto, AddCentreDto, AddDestinationDto, LegalEntityDto } from './centre.dto';
import { CachedCentreDirectory } from './directory';
import { parseCertificate } from './parse-certificate';

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

export interface LackingSender {
  readonly pem?: string;
  readonly aeTitle?: string;
}

type TransactionPart = (tx: Transaction) => Promise<void>;

@Injectable()
export class CentreRegister {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly directory: CachedCentreDirectory,
  ) {}

  async addCentre(actor: string, centre: AddCentreDto): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      if (await tx.manager.existsBy(CentreEntity, { id: centre.id })) {
        throw new HubError('CONFLICT', `the centre ${centre.id} exists already`);
      }
      await tx.manager.insert(CentreEntity, { id: centre.id, name: centre.name, createdAt: this.clock.now() });
      if (centre.legalEntity !== undefined) await this.insertLegalEntity(tx, centre.id, centre.legalEntity);
      await this.journal(tx, actor, 'centre.added', centre.id, centre.id, `centre ${centre.id} added`);
      if (centre.callingAe !== undefined) await this.setCallingAe(tx, actor, centre.id, centre.callingAe);
    });
    this.directory.forget();
  }

  async addLegalEntity(actor: string, centreId: string, entity: LegalEntityDto): Promise<void> {
    await this.change(centreId, async (tx) => {
      const id = await this.insertLegalEntity(tx, centreId, entity);
      await this.journal(tx, actor, 'centre.legalEntityAdded', centreId, id, 'legal entity added');
    });
  }

  /** Adds the AE title, or changes the settings of one that the centre has. */
  async addCallingAe(actor: string, centreId: string, ae: AddCallingAeDto): Promise<void> {
    await this.change(centreId, (tx) => this.setCallingAe(tx, actor, centreId, ae));
  }

  private async setCallingAe(tx: Transaction, actor: string, centreId: string, ae: AddCallingAeDto): Promise<void> {
    const { aeTitle } = ae;
    const owner = await tx.manager.findOneBy(CallingAeEntity, { aeTitle });
    if (owner !== null && owner.centreId !== centreId) {
      throw new HubError('CONFLICT', `the AE title ${aeTitle} belongs to ${owner.centreId}`);
    }
    if (owner !== null) {
      const { settleTimeMs = owner.settleTimeMs, sendsWholeSeries = owner.sendsWholeSeries } = ae;
      await tx.manager.update(CallingAeEntity, { id: owner.id }, { settleTimeMs, sendsWholeSeries });
      await this.journal(tx, actor, 'centre.callingAeChanged', centreId, aeTitle, `calling AE ${aeTitle} changed`);
      return;
    }
    await tx.manager.insert(CallingAeEntity, {
      id: uuidv7(this.clock),
      centreId,
      aeTitle,
      settleTimeMs: ae.settleTimeMs ?? this.configuration.assembly.settleTimeMs,
      sendsWholeSeries: ae.sendsWholeSeries ?? false,
    });
    await tx.manager.delete(UnknownSenderEntity, { code: 'AE_TITLE_MISMATCH', centreId, callingAeTitle: aeTitle });
    await this.journal(tx, actor, 'centre.callingAeAdded', centreId, aeTitle, `calling AE ${aeTitle} added`);
  }

  async removeCallingAe(actor: string, centreId: string, aeTitle: string): Promise<void> {
    await this.change(centreId, async (tx) => {
      const { affected } = await tx.manager.delete(CallingAeEntity, { centreId, aeTitle });
      if (affected === 0) throw new HubError('NOT_FOUND', 'this centre has no such calling AE');
      await this.journal(tx, actor, 'centre.callingAeRemoved', centreId, aeTitle, `calling AE ${aeTitle} removed`);
    });
  }

  /** Enrols the certificate and returns its fingerprint. A certificate belongs to one centre for ever. */
  async addCertificate(actor: string, centreId: string, pem: string): Promise<string> {
    const identity = parseCertificate(pem);
    await this.change(centreId, async (tx) => {
      if (await tx.manager.existsBy(CentreCertificateEntity, { fingerprintSha256: identity.fingerprintSha256 })) {
        throw new HubError('CONFLICT', 'this certificate is enrolled already');
      }
      await this.insertCertificate(tx, actor, centreId, identity);
    });
    return identity.fingerprintSha256;
  }

  /** What a sender that knocked lacks, in one step: its certificate, its AE title, or both; `also` is of the same transaction. */
  async enrolSender(actor: string, centreId: string, lacks: LackingSender, also: TransactionPart): Promise<void> {
    const { pem, aeTitle } = lacks;
    const identity = pem === undefined ? undefined : parseCertificate(pem);
    await this.change(centreId, async (tx) => {
      if (identity !== undefined) await this.requireCertificate(tx, actor, centreId, identity);
      if (aeTitle !== undefined) await this.requireCallingAe(tx, actor, centreId, aeTitle);
      await also(tx);
    });
  }

  private async requireCertificate(
    tx: Transaction,
    actor: string,
    centreId: string,
    identity: PresentedIdentity,
  ): Promise<void> {
    const { fingerprintSha256 } = identity;
    const enrolled = await tx.manager.findOneBy(CentreCertificateEntity, { fingerprintSha256 });
    if (enrolled === null) return this.insertCertificate(tx, actor, centreId, identity);
    if (enrolled.centreId !== centreId) {
      throw new HubError('CONFLICT', `this certificate belongs to ${enrolled.centreId}`, {
        advice: 'a certificate belongs to one centre for ever: the other one needs its own',
      });
    }
    if (enrolled.revokedAt !== null) {
      throw new HubError('CONFLICT', 'this certificate was revoked', { advice: 'the sender needs a new one' });
    }
  }

  private async requireCallingAe(tx: Transaction, actor: string, centreId: string, aeTitle: string): Promise<void> {
    if (await tx.manager.existsBy(CallingAeEntity, { aeTitle, centreId })) return;
    await this.setCallingAe(tx, actor, centreId, { aeTitle });
  }

  private async insertCertificate(
    tx: Transaction,
    actor: string,
    centreId: string,
    identity: PresentedIdentity,
  ): Promise<void> {
    const { fingerprintSha256, serialNumber, subject, notBefore, notAfter } = identity;
    await tx.manager.insert(CentreCertificateEntity, {
      ...{ id: uuidv7(this.clock), centreId, fingerprintSha256, serialNumber, subject, notBefore, notAfter },
      revokedAt: null,
      enrolledAt: this.clock.now(),
    });
    await tx.manager.delete(UnknownSenderEntity, { code: 'UNKNOWN_CERTIFICATE', fingerprintSha256 });
    await this.journal(tx, actor, 'centre.certificateAdded', centreId, fingerprintSha256, 'certificate enrolled');
  }

  /** From the commit on, the certificate opens no association, and its live ones are cut. */
  async revokeCertificate(actor: string, centreId: string, fingerprintSha256: string): Promise<void> {
    await this.change(centreId, async (tx) => {
      const row = await tx.manager.findOneBy(CentreCertificateEntity, { centreId, fingerprintSha256 });
      if (row === null) throw new HubError('NOT_FOUND', 'this centre has no such certificate');
      if (row.revokedAt !== null) return;
      await tx.manager.update(CentreCertificateEntity, { id: row.id }, { revokedAt: this.clock.now() });
      await this.journal(tx, actor, 'centre.certificateRevoked', centreId, fingerprintSha256, 'certificate revoked');
    });
    this.directory.tellRevoked(fingerprintSha256);
  }

  /** Without TLS only on loopback, where a tunnel may take over: patient data never crosses a network in clear. */
  async addDestination(actor: string, centreId: string, destination: AddDestinationDto): Promise<string> {
    requireEncryption(destination);
    const id = uuidv7(this.clock);
    await this.change(centreId, async (tx) => {
      await tx.manager.insert(DestinationEntity, {
        ...destination,
        id,
        centreId,
        tls: destination.tls ?? true,
        pinnedFingerprintSha256: destination.pinnedFingerprintSha256 ?? null,
        holes: destination.holes ?? 'xor',
        active: true,
      });
      const text = `destination ${destination.aeTitle} (${destination.kind}) added`;
      await this.journal(tx, actor, 'centre.destinationAdded', centreId, id, text);
    });
    return id;
  }

  /** The row stays, because deliveries name it; nothing new goes there. */
  async removeDestination(actor: string, centreId: string, id: string): Promise<void> {
    await this.change(centreId, async (tx) => {
      const { affected } = await tx.manager.update(
        DestinationEntity,
        { id, centreId, active: true },
        { active: false },
      );
      if (affected === 0) throw new HubError('NOT_FOUND', 'this centre has no such active destination');
      await this.journal(tx, actor, 'centre.destinationRemoved', centreId, id, 'destination removed');
    });
  }

  private async change(centreId: string, work: (tx: Transaction) => Promise<void>): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      if (!(await tx.manager.existsBy(CentreEntity, { id: centreId }))) {
        throw new HubError('NOT_FOUND', 'there is no such centre', {
          advice: 'List them with `modelbank centre list`.',
        });
      }
      await work(tx);
    });
    this.directory.forget();
  }

  private async insertLegalEntity(tx: Transaction, centreId: string, entity: LegalEntityDto): Promise<string> {
    const validFrom = new Date(entity.validFrom);
    const validTo = entity.validTo === undefined ? null : new Date(entity.validTo);
    if (validTo !== null && validTo <= validFrom) {
      throw new HubError('INVALID_REQUEST', 'legalEntity.validTo must be later than validFrom');
    }
    const id = uuidv7(this.clock);
    await tx.manager.insert(LegalEntityEntity, { id, centreId, name: entity.name, validFrom, validTo });
    return id;
  }

  private journal(
    tx: Transaction,
    actor: string,
    kind: string,
    centreId: string,
    subjectId: string,
    text: string,
  ): Promise<void> {
    return appendJournal(tx, this.clock, { kind, centreId, actor, subjectId, text });
  }
}

function requireEncryption({ host, tls }: AddDestinationDto): void {
  if (tls !== false || LOOPBACK.test(host)) return;
  throw new HubError('INVALID_REQUEST', 'a destination without TLS must be on loopback', {
    advice: 'for a receiver without TLS run a tunnel (stunnel) on this machine and name 127.0.0.1 and its port',
  });
}
