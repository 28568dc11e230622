/**
 * Connections that the HTTPS door refused before any request (PS3.15 B.12) or cut: listed for the operator and journalled by
 * the same means as those of the DICOM door, so that a flood of them is counted and none is lost.
 */
import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { describeCertificate, identityOf } from '@modelbank/dimse';
import type { TlsRefusal } from '@modelbank/dimse';
import { LOGGER } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import { certificateOf } from '../access';
import { RefusalJournal } from '../intake/refusal-journal';
import { RefusedSenders } from '../intake/refused-senders';

const KIND = 'dicomweb.refused';
const cutOff = new WeakSet<Socket>();

/** The hub itself ended this connection, and journalled that: what was under way on it did not fail for a reason of its own. */
export function wasCut(socket: Socket): boolean {
  return cutOff.has(socket);
}

@Injectable()
export class RefusedConnections {
  constructor(
    @Inject(LOGGER) private readonly logger: HubLogger,
    private readonly senders: RefusedSenders,
    private readonly refusals: RefusalJournal,
  ) {}

  /** TLS failed, or the certificate is not one to believe. */
  handshake(socket: Socket, refusal: TlsRefusal): void {
    // somebody looked whether the port is open, and went
    if (refusal === 'abandoned') return;
    const certificate = certificateOf(socket);
    const code = `tls.${refusal}`;
    const { remoteAddress = '' } = socket;
    const text = `a DICOMweb peer was refused: ${code}`;
    this.logger.warn(text, { stage: 'dicomweb', code, host: remoteAddress });
    const identity = certificate === null ? undefined : identityOf(certificate);
    void this.senders.tell({ kind: KIND, code, text, remoteAddress, identity, isTrusted: false });
  }

  /** Before the socket is destroyed: its address goes with it. */
  cut(socket: Socket, why: string): void {
    cutOff.add(socket);
    const certificate = certificateOf(socket);
    const { remoteAddress = '' } = socket;
    const peer = { remoteAddress, ...(certificate && describeCertificate(certificate)) };
    const text = `a DICOMweb connection was cut: ${why}`;
    this.logger.warn(text, { stage: 'dicomweb', code: 'cut', host: remoteAddress });
    this.refusals.record({ kind: KIND, code: 'cut', text, ...peer });
  }

  /** Resolves when all of it is written. */
  async told(): Promise<void> {
    await this.senders.idle();
    await this.refusals.flush();
  }
}
