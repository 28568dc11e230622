/** What an operator decides about a sender that was not let in: it belongs to a centre, or it is of no interest. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, HubError, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { isAeTitle } from '@modelbank/dicom';
import { CONFIGURATION, locationsOf } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { UnknownSenderEntity, appendJournal } from '@modelbank/store';
import type { ReadStore, Transaction, UnitOfWork } from '@modelbank/store';
import { CentreRegister } from './centre-register';
import { adviceFor } from './sender-advice';
import { SenderBookOfHub } from './sender-book';

export interface SenderDecision {
  /** Who decides, as they call themselves. */
  readonly who?: string;
}

const ENROLABLE: ReadonlySet<string> = new Set(['UNKNOWN_CERTIFICATE', 'AE_TITLE_MISMATCH', 'tls.unknownAuthority']);
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

@Injectable()
export class EnrolSender {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly register: CentreRegister,
    private readonly book: SenderBookOfHub,
  ) {}

  /** Certificate and, where asked for, AE title in one transaction; the sender leaves the book. */
  async enrol(
    actor: string,
    id: string,
    centreId: string,
    { callingAe, who }: SenderDecision & { readonly callingAe: boolean },
  ): Promise<void> {
    const sender = await this.find(id);
    requireEnrolable(sender, callingAe);
    const pem = await this.trustedPem(sender);
    const aeTitle = callingAe ? enrolableTitle(sender) : undefined;
    const dealtWith = await this.sameSender(sender, callingAe);
    await this.register.enrolSender(actor, centreId, { pem, aeTitle }, async (tx) => {
      await remove(tx, dealtWith);
      await this.journal(tx, actor, sender, { kind: 'sender.enrolled', centreId, who });
    });
    this.book.forget(dealtWith.map(({ digest }) => digest));
  }

  /** It is listed again when it tries again. */
  async dismiss(actor: string, id: string, { who }: SenderDecision): Promise<void> {
    const sender = await this.find(id);
    await this.unitOfWork.run(async (tx) => {
      await remove(tx, [sender]);
      await this.journal(tx, actor, sender, { kind: 'sender.dismissed', centreId: sender.centreId, who });
    });
    this.book.forget([sender.digest]);
  }

  async find(id: string): Promise<UnknownSenderEntity> {
    const sender = await this.readStore.manager.findOneBy(UnknownSenderEntity, { id });
    if (sender !== null) return sender;
    throw new HubError('NOT_FOUND', 'there is no such sender', { advice: 'List them: modelbank senders list' });
  }

  /** Enrolling never overrules TLS: what TLS would refuse again is not enrolled. */
  private async trustedPem(sender: UnknownSenderEntity): Promise<string> {
    const { pem, isTrusted } = sender;
    if (pem !== null && (isTrusted || (await this.isTrustedNow(pem)))) return pem;
    throw new HubError('INVALID_REQUEST', 'no authority that the hub trusts has signed its certificate', {
      advice: adviceFor(sender).whatToDo,
    });
  }

  private async isTrustedNow(pem: string): Promise<boolean> {
    const { pki } = locationsOf(this.configuration);
    const bundle = await readFile(join(pki, 'ca.crt'), 'utf8').catch(() => '');
    const certificate = new X509Certificate(pem);
    const authorities = (bundle.match(CERTIFICATE) ?? []).map((block) => new X509Certificate(block));
    return authorities.some(
      (authority) => authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
    );
  }

  /** Other rows that the same enrolment settles: the same certificate, from other addresses or to other titles. */
  private async sameSender(sender: UnknownSenderEntity, callingAe: boolean): Promise<UnknownSenderEntity[]> {
    const { fingerprintSha256, callingAeTitle } = sender;
    const ofCertificate = await this.readStore.manager.findBy(UnknownSenderEntity, {
      fingerprintSha256: fingerprintSha256 ?? '',
    });
    return ofCertificate.filter(
      (row) =>
        row.id === sender.id || !callingAe || row.callingAeTitle === callingAeTitle || row.callingAeTitle === null,
    );
  }

  private journal(
    tx: Transaction,
    actor: string,
    sender: UnknownSenderEntity,
    { kind, centreId, who }: { kind: string; centreId: string | null; who?: string },
  ): Promise<void> {
    const { id, code, fingerprintSha256, serialNumber, callingAeTitle, remoteAddress } = sender;
    const text = kind === 'sender.enrolled' ? 'a sender was enrolled' : 'a sender was taken off the list';
    const details = { who, code, fingerprintSha256, serialNumber, callingAeTitle, remoteAddress };
    return appendJournal(tx, this.clock, { kind, centreId, actor, subjectId: id, text, details });
  }
}

/** What enrolling cannot mend is said, not done in vain. */
function requireEnrolable(sender: UnknownSenderEntity, callingAe: boolean): void {
  const { whatToDo: advice } = adviceFor(sender);
  if (!ENROLABLE.has(sender.code)) {
    throw new HubError('INVALID_REQUEST', 'enrolling would not let this sender in', { advice });
  }
  if (sender.code === 'AE_TITLE_MISMATCH' && !callingAe) {
    throw new HubError('INVALID_REQUEST', 'its certificate is enrolled; what it lacks is the AE title: add --ae', {
      advice,
    });
  }
}

async function remove(tx: Transaction, senders: readonly UnknownSenderEntity[]): Promise<void> {
  for (const { id } of senders) await tx.manager.delete(UnknownSenderEntity, { id });
}

function enrolableTitle({ callingAeTitle }: UnknownSenderEntity): string {
  if (isAeTitle(callingAeTitle)) return callingAeTitle;
  throw new HubError('INVALID_REQUEST', 'this sender sent no AE title that could be enrolled', {
    advice: 'enrol the certificate alone, without --ae, and add the title with: modelbank centre ae CENTRE TITLE',
  });
}
