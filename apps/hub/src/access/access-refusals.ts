/** Who was turned away at the DICOMweb door: one journal entry each, but a flood of them cannot fill the database. */
import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { CLOCK, SENDER_BOOK, UNIT_OF_WORK, httpStatusOf } from '@modelbank/contracts';
import type { Clock, HubError, SenderBook } from '@modelbank/contracts';
import { identityOf } from '@modelbank/dimse';
import { LOGGER } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import { appendJournal } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { certificateOf, fingerprintOf } from './callers/machine-callers';
import { doorOf } from './door';

const MINUTE_MS = 60_000;
const MOST_PER_MINUTE = 120;
const KIND = 'dicomweb.refused';

@Injectable()
export class AccessRefusals {
  private minute = 0;
  private inMinute = 0;

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
    @Inject(SENDER_BOOK) private readonly senders: SenderBook,
  ) {}

  /** Of a request that the guard refused; only what the network asks is an event. */
  async record(request: Request, refusal: HubError, centreId: string | null): Promise<void> {
    if (doorOf(request) !== 'dicomweb' || ![401, 403].includes(httpStatusOf(refusal.code))) return;
    const { code, message } = refusal;
    const { method, socket, headers } = request;
    const fingerprintSha256 = fingerprintOf(socket);
    const { remoteAddress } = socket;
    this.logger.warn('a DICOMweb peer was refused', { stage: 'access', code, host: remoteAddress, fingerprintSha256 });
    if (!this.mayWrite() || (await this.isInBook(request, refusal))) return;
    await this.unitOfWork.run((tx) =>
      appendJournal(tx, this.clock, {
        ...{ kind: KIND, centreId, actor: fingerprintSha256 ?? 'unknown' },
        text: `a DICOMweb peer was refused: ${message}`,
        details: { code, method, remoteAddress, hadToken: 'authorization' in headers },
      }),
    );
  }

  /** A certificate that no centre has is one to enrol, perhaps: it is listed, and the book journals it. */
  private async isInBook({ socket }: Request, { code, message }: HubError): Promise<boolean> {
    const certificate = certificateOf(socket);
    if (code !== 'UNKNOWN_CERTIFICATE' || certificate === null) return false;
    const { remoteAddress = '' } = socket;
    const text = `a DICOMweb peer was refused: ${message}`;
    const identity = identityOf(certificate);
    return this.senders.note({ kind: KIND, code, text, centreId: null, remoteAddress, identity, isTrusted: true });
  }

  private mayWrite(): boolean {
    const minute = Math.floor(this.clock.monotonicMs() / MINUTE_MS);
    this.inMinute = minute === this.minute ? this.inMinute + 1 : 1;
    this.minute = minute;
    return this.inMinute <= MOST_PER_MINUTE;
  }
}
