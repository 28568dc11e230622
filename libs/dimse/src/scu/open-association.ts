/** Calls a peer: connect, verify it, negotiate. What stands afterwards is an association that can echo and store. */
import { HubError } from '@modelbank/contracts';
import {
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  VERIFICATION_SOP_CLASS_UID,
  isAeTitle,
} from '@modelbank/dicom';
import { systemTimers } from '../transport/timers';
import { connectToPeer } from './connect';
import { OutgoingAssociation } from './outgoing-association';
import {
  DEFAULT_SCU_TIMEOUTS,
  type AssociationOptions,
  type AssociationTarget,
  type WantedContext,
} from './scu-options';

/** What to propose for a C-ECHO. */
export const VERIFICATION_CONTEXTS: readonly WantedContext[] = [
  { sopClassUid: VERIFICATION_SOP_CLASS_UID, transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN },
  { sopClassUid: VERIFICATION_SOP_CLASS_UID, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN },
];

/** Throws HubError: INVALID_REQUEST, PEER_UNREACHABLE, PEER_TIMEOUT, NOT_TRUSTED, PEER_REJECTED, PEER_ABORTED or PROTOCOL_ERROR. */
export async function openAssociation(options: AssociationOptions): Promise<OutgoingAssociation> {
  if (!isAeTitle(options.callingAeTitle) || !isAeTitle(options.calledAeTitle)) {
    throw new HubError('INVALID_REQUEST', 'an AE title has 1 to 16 characters, no backslash, no space at its ends');
  }
  const timeouts = { ...DEFAULT_SCU_TIMEOUTS, ...options.timeouts };
  const timers = options.timers ?? systemTimers;
  const socket = await connectToPeer(options, timeouts.connectMs, timers);
  const association = new OutgoingAssociation(socket, options, timeouts, timers);
  await association.establish();
  return association;
}

/** One C-ECHO in an association of its own: is the peer there, and does it take us? */
export async function echoPeer(target: AssociationTarget): Promise<void> {
  const association = await openAssociation({ ...target, presentationContexts: VERIFICATION_CONTEXTS });
  await association.echo();
  await association.release();
}
