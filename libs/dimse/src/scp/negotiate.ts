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
  type Rejection,
  type RoleSelection,
} from '../pdu/pdu';
import { REJECTION } from '../pdu/reasons';
import type { AcceptedContext, ContextService } from './request-checks';
import type { SupportedContext } from './scp-options';

/** What one abstract syntax may be used for, and in which transfer syntaxes. */
export interface SupportedService {
  readonly service: ContextService;
  readonly transferSyntaxes: ReadonlySet<string>;
}

/** By abstract syntax. */
export type SupportedServices = ReadonlyMap<string, SupportedService>;

const VERIFICATION: SupportedContext = {
  abstractSyntax: VERIFICATION_SOP_CLASS_UID,
  transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
};

/** Verification, and the storage classes that every peer may use. */
export function servicesOf(contexts: readonly SupportedContext[]): SupportedServices {
  return new Map([...entriesOf('echo', [VERIFICATION]), ...entriesOf('store', contexts)]);
}

/** With what one peer may use beside them. */
export function withActions(services: SupportedServices, further: readonly SupportedContext[] = []): SupportedServices {
  return further.length === 0 ? services : new Map([...services, ...entriesOf('action', further)]);
}

function entriesOf(service: ContextService, contexts: readonly SupportedContext[]): [string, SupportedService][] {
  return contexts.map((each) => [
    each.abstractSyntax,
    { service, transferSyntaxes: new Set<string>(each.transferSyntaxes) },
  ]);
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

/**
 * Each context gets the first transfer syntax of the sender's own order that we support. We are SCP of everything that we
 * offer, so a sender that does not want to be its SCU has no use for the context (PS3.7 Annex D.3.3.4).
 */
export function answerContexts(request: AssociateRequest, services: SupportedServices): AnsweredContext[] {
  const roles = new Map(request.userInformation.roles.map((role) => [role.sopClassUid, role]));
  return request.contexts.map(({ id, abstractSyntax, transferSyntaxes }) => {
    const refused = (result: number): AnsweredContext => ({ id, result, transferSyntax: transferSyntaxes[0] });
    const supported = services.get(abstractSyntax);
    if (supported === undefined) return refused(CONTEXT_RESULT.abstractSyntaxNotSupported);
    if (roles.get(abstractSyntax)?.scu === false) return refused(CONTEXT_RESULT.userRejection);
    const transferSyntax = transferSyntaxes.find((syntax) => supported.transferSyntaxes.has(syntax));
    return transferSyntax === undefined
      ? refused(CONTEXT_RESULT.transferSyntaxesNotSupported)
      : { id, result: CONTEXT_RESULT.accepted, transferSyntax };
  });
}

/** The answer to each role selection of a class that we accept: the sender is SCU, and never SCP. */
export function answerRoles(request: AssociateRequest, answered: readonly AnsweredContext[]): RoleSelection[] {
  const accepted = new Set(answered.filter(({ result }) => result === CONTEXT_RESULT.accepted).map(({ id }) => id));
  const classes = new Set(request.contexts.filter(({ id }) => accepted.has(id)).map((each) => each.abstractSyntax));
  const roles = new Map(request.userInformation.roles.map((role) => [role.sopClassUid, role]));
  return [...roles.values()]
    .filter(({ sopClassUid }) => classes.has(sopClassUid))
    .map(({ sopClassUid, scu }) => ({ sopClassUid, scu, scp: false }));
}

/** The accepted contexts by id, as the responder needs them. */
export function acceptedContexts(
  request: AssociateRequest,
  answered: readonly AnsweredContext[],
  services: SupportedServices,
): ReadonlyMap<number, AcceptedContext> {
  const accepted = new Map<number, AcceptedContext>();
  const abstractSyntaxes = new Map(request.contexts.map((context) => [context.id, context.abstractSyntax]));
  for (const { id, result, transferSyntax } of answered) {
    const abstractSyntax = abstractSyntaxes.get(id) ?? '';
    const service = services.get(abstractSyntax)?.service;
    if (result === CONTEXT_RESULT.accepted && service) accepted.set(id, { abstractSyntax, transferSyntax, service });
  }
  return accepted;
}
