/** What the DICOM listener refused or lost, as refusals for the journal: which incidents are entries, and of which kind. */
import { asHubError } from '@modelbank/contracts';
import type { HubError } from '@modelbank/contracts';
import { isAeTitle } from '@modelbank/dicom';
import { identityOf } from '@modelbank/dimse';
import type { ScpIncident, TlsRefusal } from '@modelbank/dimse';
import type { Refusal } from './refusal-journal';
import type { RefusedSender } from './refused-senders';

/** Journalled in the transaction that found it (same-uid/revision-rows.ts). */
const JOURNALLED_ALREADY: ReadonlySet<string> = new Set(['INSTANCE_CONFLICT']);

export function isJournalledAlready({ code }: HubError): boolean {
  return JOURNALLED_ALREADY.has(code);
}

/** Handshakes that say nothing about who it was. */
const OF_NOBODY: ReadonlySet<TlsRefusal> = new Set<TlsRefusal>(['abandoned', 'unfinished', 'handshakeFailed']);

/** Nothing for what is journalled elsewhere. */
export function refusalOf(incident: ScpIncident): Refusal | undefined {
  const { rule, message, remoteAddress, fingerprintSha256, serialNumber, associationId } = incident;
  const peer = { remoteAddress, fingerprintSha256, serialNumber, associationId };
  // somebody looked whether the port is open, and went: no handshake, nothing refused
  if (incident.tlsRefusal === 'abandoned') return undefined;
  if (rule === 'instanceRefused') return refusedInstance(incident, peer);
  const kind = rule === 'rejected' ? 'association.rejected' : rule === 'dropped' ? 'association.lost' : 'peer.refused';
  return { kind, code: codeOf(incident), text: `a DICOM peer was refused or lost: ${message}`, ...peer };
}

/**
 * An incident that tells of a sender which an operator might want to let in: a TLS handshake that was refused, or titles that
 * are none. What the door refuses it tells itself.
 */
export function refusedSenderOf(incident: ScpIncident): RefusedSender | undefined {
  const { rule, tlsRefusal, message, remoteAddress, x509, callingAeTitle, calledAeTitle } = incident;
  const identity = x509 && identityOf(x509);
  const text = `a DICOM peer was refused or lost: ${message}`;
  if (tlsRefusal !== undefined && !OF_NOBODY.has(tlsRefusal)) {
    return { kind: 'peer.refused', code: codeOf(incident), text, remoteAddress, identity, isTrusted: false };
  }
  if (rule !== 'rejected' || (isAeTitle(callingAeTitle) && isAeTitle(calledAeTitle))) return undefined;
  const titles = { callingAeTitle, calledAeTitle };
  return {
    ...{ kind: 'association.rejected', code: 'AE_TITLE_INVALID', text, remoteAddress, identity, isTrusted: true },
    ...titles,
  };
}

function codeOf({ rule, tlsRefusal }: ScpIncident): string {
  return tlsRefusal === undefined ? rule : `${rule}.${tlsRefusal}`;
}

type Peer = Pick<Refusal, 'remoteAddress' | 'fingerprintSha256' | 'serialNumber' | 'associationId'>;

function refusedInstance({ message, cause }: ScpIncident, peer: Peer): Refusal | undefined {
  const failure = asHubError(cause);
  if (isJournalledAlready(failure)) return undefined;
  return { kind: 'instance.refused', code: failure.code, text: `${message}: ${failure.message}`, ...peer };
}
