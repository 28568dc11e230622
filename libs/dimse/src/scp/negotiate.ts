/** The answer to an A-ASSOCIATE-RQ as far as the request alone decides it (PS3.8 sections 7.1 and 9.3.3). */
import {
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  VERIFICATION_SOP_CLASS_UID,
  isAeTitle,
} from '@modelbank/dicom';
import {
  CONTEXT_RESULT,
  DICOM_APPLICATION_CONTEXT,
  type AnsweredContext,
  type AssociateRequest,
  type ProposedContext,
  type Rejection,
} from '../pdu/pdu';
import { REJECTION } from '../pdu/reasons';
import type { SupportedContext } from './scp-options';

/** Transfer syntaxes by abstract syntax. */
export type SupportedSyntaxes = ReadonlyMap<string, ReadonlySet<string>>;

export function supportedSyntaxesOf(contexts: readonly SupportedContext[]): SupportedSyntaxes {
  const verification = {
    abstractSyntax: VERIFICATION_SOP_CLASS_UID,
    transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
  };
  return new Map<string, ReadonlySet<string>>(
    [verification, ...contexts].map((each) => [each.abstractSyntax, new Set<string>(each.transferSyntaxes)]),
  );
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
