/**
 * Who may associate (PS3.8 9.3.4): the certificate says which centre it is, the calling AE title must be one of that
 * centre's, the called AE title gives the purpose. Every refusal is journalled; the peer is told no more than the standard's
 * reason code, so that a stranger learns nothing about who is enrolled.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CENTRE_DIRECTORY, CLOCK } from '@modelbank/contracts';
import type { CentreDirectory, Clock, ErrorCode } from '@modelbank/contracts';
import { REJECTION, identityOf } from '@modelbank/dimse';
import type { AssociationPeer, Authorisation, Rejection } from '@modelbank/dimse';
import { LOGGER } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import type { AssociationContext } from './association-context';
import { RefusedSenders } from './refused-senders';

interface Refusal {
  readonly code: ErrorCode;
  readonly rejection: Rejection;
  readonly text: string;
}

const UNKNOWN_CERTIFICATE: Refusal = {
  code: 'UNKNOWN_CERTIFICATE',
  rejection: REJECTION.callingAeTitleNotRecognised,
  text: 'an association was refused: the certificate is enrolled with no centre',
};

@Injectable()
export class AssociationDoor {
  constructor(
    @Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
    private readonly senders: RefusedSenders,
  ) {}

  async authorise(peer: AssociationPeer): Promise<Authorisation<AssociationContext>> {
    const verdict = await this.judge(peer);
    if (!('code' in verdict)) return { accept: true, context: verdict, countedAs: verdict.callingAe.centreId };
    await this.record(peer, verdict);
    return { accept: false, ...verdict.rejection };
  }

  private async judge(peer: AssociationPeer): Promise<AssociationContext | Refusal> {
    if (peer.fingerprintSha256 === undefined) return UNKNOWN_CERTIFICATE;
    const standing = await this.directory.certificate(peer.fingerprintSha256);
    if (standing.kind === 'unknown') return UNKNOWN_CERTIFICATE;
    const { centreId } = standing;
    if (standing.kind !== 'enrolled') return certificateRefusal(standing.kind);
    const callingAe = await this.directory.callingAe(peer.callingAeTitle);
    if (callingAe?.centreId !== centreId) return callingAeRefusal();
    const calledAe = await this.directory.calledAe(peer.calledAeTitle);
    if (calledAe === undefined) return calledAeRefusal();
    return { callingAe, calledAe, startedAt: this.clock.now() };
  }

  private async record(peer: AssociationPeer, { code, text, rejection }: Refusal): Promise<void> {
    const { callingAeTitle, calledAeTitle, remoteAddress, fingerprintSha256, x509 } = peer;
    const { result, source, reason } = rejection;
    const fields = { stage: 'intake', code, callingAeTitle, calledAeTitle, fingerprintSha256 };
    this.logger.warn('an association was refused', fields);
    await this.senders.tell({
      ...{ kind: 'association.rejected', code, text, rejection: `${result}/${source}/${reason}` },
      ...{ callingAeTitle, calledAeTitle, remoteAddress, isTrusted: x509 !== undefined },
      identity: x509 && identityOf(x509),
    });
  }
}

function certificateRefusal(kind: 'revoked' | 'outsideValidity'): Refusal {
  const why = kind === 'revoked' ? 'was revoked' : 'is not valid at this time';
  return {
    code: 'CERTIFICATE_REVOKED',
    rejection: REJECTION.callingAeTitleNotRecognised,
    text: `an association was refused: the certificate ${why}`,
  };
}

function callingAeRefusal(): Refusal {
  return {
    code: 'AE_TITLE_MISMATCH',
    rejection: REJECTION.callingAeTitleNotRecognised,
    text: "an association was refused: the calling AE title is not one of the certificate's centre",
  };
}

function calledAeRefusal(): Refusal {
  return {
    code: 'CALLED_AE_UNKNOWN',
    rejection: REJECTION.calledAeTitleNotRecognised,
    text: 'an association was refused: the called AE title is not one of this hub',
  };
}
