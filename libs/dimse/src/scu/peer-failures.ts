/** What an acceptor did to our association, as the HubError that says what to do about it. */
import { HubError } from '@modelbank/contracts';
import type { Rejection } from '../pdu/pdu';
import { describeRejection } from '../pdu/reasons';
import { ProtocolViolation } from '../pdu/violation';
import { nameOf } from './connect';
import type { AssociationTarget } from './scu-options';

/** A transient rejection (PS3.8 table 9-21, result 2) is worth another try, a permanent one is not. */
export function associationRefused(rejection: Rejection, target: AssociationTarget): HubError {
  const message = `${nameOf(target)} refused the association: ${describeRejection(rejection)}`;
  if (rejection.result === 2) return new HubError('PEER_ABORTED', message, { advice: 'try again later' });
  return new HubError('PEER_REJECTED', message, {
    advice: `check that the peer knows our AE title ${target.callingAeTitle} and calls itself ${target.calledAeTitle}`,
  });
}

export function protocolBroken(cause: unknown, target: AssociationTarget): HubError {
  const words = cause instanceof ProtocolViolation ? cause.message : 'an answer could not be handled';
  return new HubError('PROTOCOL_ERROR', `${nameOf(target)} broke the protocol: ${words}`, { cause });
}
