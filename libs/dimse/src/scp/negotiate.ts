/** The answer to an A-ASSOCIATE-RQ as far as the request alone decides it (PS3.8 sections 7.1 and 9.3.3). */
import { isAeTitle } from '../ae-title';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION_SOP_CLASS } from '../implementation';
import {
  CONTEXT_RESULT,
  DICOM_APPLICATION_CONTEXT,
  MAXIMUM_PDU_BYTES,
  MINIMUM_PEER_PDU_BYTES,
  PDU_HEADER_BYTES,
  type AnsweredContext,
  type AssociateRequest,
  type ProposedContext,
  type Rejection,
} from '../pdu/pdu';
import { REJECTION } from '../pdu/reasons';
import { ProtocolViolation } from '../pdu/violation';
import type { SupportedContext } from './scp-options';

/** What a peer that says nothing about its maximum surely takes. */
const CAUTIOUS_PDU_BYTES = 16_384;

/** Transfer syntaxes by abstract syntax. */
export type SupportedSyntaxes = ReadonlyMap<string, ReadonlySet<string>>;

export function supportedSyntaxesOf(contexts: readonly SupportedContext[]): SupportedSyntaxes {
  const verification = {
    abstractSyntax: VERIFICATION_SOP_CLASS,
    transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
  };
  return new Map([verification, ...contexts].map((each) => [each.abstractSyntax, new Set(each.transferSyntaxes)]));
}

/** Why this request is refused whoever sent it, or nothing. */
export function refusalOf(request: AssociateRequest): Rejection | undefined {
  if ((request.protocolVersion & 1) === 0) return REJECTION.protocolVersionNotSupported;
  if (request.applicationContext !== DICOM_APPLICATION_CONTEXT) return REJECTION.applicationContextNotSupported;
  if (!isAeTitle(request.callingAeTitle)) return REJECTION.callingAeTitleNotRecognised;
  if (!isAeTitle(request.calledAeTitle)) return REJECTION.calledAeTitleNotRecognised;
  if (request.userInformation.userIdentity === 'refused') return REJECTION.noReason;
  return undefined;
}

/** Each context gets the first transfer syntax of the sender's own order that we support. */
export function answerContexts(proposed: readonly ProposedContext[], supported: SupportedSyntaxes): AnsweredContext[] {
  return proposed.map(({ id, abstractSyntax, transferSyntaxes }) => {
    const accepted = supported.get(abstractSyntax);
    if (accepted === undefined) {
      return { id, result: CONTEXT_RESULT.abstractSyntaxNotSupported, transferSyntax: transferSyntaxes[0] };
    }
    const chosen = transferSyntaxes.find((syntax) => accepted.has(syntax));
    return chosen === undefined
      ? { id, result: CONTEXT_RESULT.transferSyntaxesNotSupported, transferSyntax: transferSyntaxes[0] }
      : { id, result: CONTEXT_RESULT.accepted, transferSyntax: chosen };
  });
}

/**
 * The length of the P-DATA-TF we may send to a peer that asked for `maximumLength`: never over our own bound, and 0 or
 * nothing asked for means no limit or a cautious one. A peer that asks for less than 1024 is aborted.
 */
export function sendingLengthFor(maximumLength: number | undefined): number {
  const ours = MAXIMUM_PDU_BYTES - PDU_HEADER_BYTES;
  if (maximumLength === undefined) return CAUTIOUS_PDU_BYTES;
  if (maximumLength === 0) return ours;
  if (maximumLength < MINIMUM_PEER_PDU_BYTES) {
    throw new ProtocolViolation('invalidParameter', `the peer asks for PDUs of at most ${maximumLength} bytes`);
  }
  return Math.min(maximumLength, ours);
}
