/** What the DICOM listener refused or lost, as refusals for the journal: which incidents are entries, and of which kind. */
import { asHubError } from '@modelbank/contracts';
import type { ScpIncident } from '@modelbank/dimse';
import type { Refusal } from './refusal-journal';

/** Journalled in the transaction that found it (instance-rows.ts). */
const JOURNALLED_ALREADY: ReadonlySet<string> = new Set(['INSTANCE_CONFLICT']);

/** Nothing for what is journalled elsewhere. */
export function refusalOf(incident: ScpIncident): Refusal | undefined {
  const { rule, message, remoteAddress, fingerprintSha256, serialNumber, associationId } = incident;
  const peer = { remoteAddress, fingerprintSha256, serialNumber, associationId };
  if (rule === 'instanceRefused') return refusedInstance(incident, peer);
  const kind = rule === 'rejected' ? 'association.rejected' : rule === 'dropped' ? 'association.lost' : 'peer.refused';
  return { kind, code: rule, text: `a DICOM peer was refused or lost: ${message}`, ...peer };
}

type Peer = Pick<Refusal, 'remoteAddress' | 'fingerprintSha256' | 'serialNumber' | 'associationId'>;

function refusedInstance({ message, cause }: ScpIncident, peer: Peer): Refusal | undefined {
  const { code, message: why } = asHubError(cause);
  if (JOURNALLED_ALREADY.has(code)) return undefined;
  return { kind: 'instance.refused', code, text: `${message}: ${why}`, ...peer };
}
