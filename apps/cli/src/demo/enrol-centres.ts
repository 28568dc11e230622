/** Enrols the two demonstration centres: certificates, calling AE titles, and each its own receiver as test destination. */
import { readFile } from 'node:fs/promises';
import { HubError } from '@modelbank/contracts';
import type { DevelopmentPki } from '@modelbank/dimse';
import type { CentreAnswer } from '../commands/centre-text';
import type { HubClient } from '../hub-client';
import type { DemoReceiver } from './receiver';

export interface DemoCentre {
  readonly id: string;
  readonly name: string;
  readonly legalEntity: string;
  readonly aeTitle: string;
  readonly destinationAeTitle: string;
}

export const DEMO_CENTRES: readonly DemoCentre[] = [
  {
    id: 'demo-north',
    name: 'Demonstration centre North',
    legalEntity: 'Region Demo North',
    aeTitle: 'DEMO_NORTH_CT',
    destinationAeTitle: 'DEMO_NORTH_TPS',
  },
  {
    id: 'demo-south',
    name: 'Demonstration centre South',
    legalEntity: 'Region Demo South',
    aeTitle: 'DEMO_SOUTH_CT',
    destinationAeTitle: 'DEMO_SOUTH_TPS',
  },
];

/** Safe to repeat: what is enrolled stays, the destination is set to where the receiver listens now. */
export async function enrolDemoCentre(
  hub: HubClient,
  centre: DemoCentre,
  pki: DevelopmentPki,
  receiver: DemoReceiver,
): Promise<void> {
  const { client, server } = pki.centres[centre.id];
  const known = await existing(hub, centre.id);
  if (known === null) {
    const { id, name, legalEntity, aeTitle } = centre;
    await hub.post('/centres', { id, name, legalEntity: { name: legalEntity, validFrom: '2020-01-01T00:00:00Z' } });
    await hub.post(`/centres/${id}/calling-aes`, { aeTitle, sendsWholeSeries: true });
  }
  if (!known?.certificates.some(({ fingerprintSha256 }) => fingerprintSha256 === client.fingerprintSha256)) {
    await hub.post(`/centres/${centre.id}/certificates`, { pem: await readFile(client.certPath, 'utf8') });
  }
  for (const { id } of known?.destinations.filter(({ active }) => active) ?? []) {
    await hub.delete(`/centres/${centre.id}/destinations/${id}`);
  }
  await hub.post(`/centres/${centre.id}/destinations`, {
    name: 'demonstration receiver',
    aeTitle: centre.destinationAeTitle,
    host: '127.0.0.1',
    port: receiver.port,
    tls: true,
    pinnedFingerprintSha256: server.fingerprintSha256,
    kind: 'test',
  });
}

async function existing(hub: HubClient, id: string): Promise<CentreAnswer | null> {
  try {
    return await hub.get<CentreAnswer>(`/centres/${id}`);
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'NOT_FOUND') return null;
    throw thrown;
  }
}
