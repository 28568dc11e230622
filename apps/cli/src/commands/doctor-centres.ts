/** What `modelbank doctor` finds at the centres: whether their receivers answer, and certificates that end or were revoked. */
import { connect } from 'node:net';
import type { HubClient } from '../hub-client';
import type { CentreAnswer } from './centre-text';
import type { Finding } from './doctor-finding';
import type { SenderAnswer } from './senders';

const DAY_MS = 86_400_000;
const WARN_DAYS = 14;
const CONNECT_TIMEOUT_MS = 3000;

export async function centreFindings(hub: HubClient, now: Date): Promise<Finding[]> {
  const listed = await hub.get<{ id: string }[]>('/centres');
  const centres = await Promise.all(
    listed.map(({ id }) => hub.get<CentreAnswer>(`/centres/${encodeURIComponent(id)}`)),
  );
  const receivers = centres.flatMap((centre) =>
    centre.destinations.filter(({ active }) => active).map((destination) => receiver(centre.id, destination)),
  );
  return [
    ...centres.flatMap((centre) => certificateFindings(centre, now)),
    ...(await Promise.all(receivers)),
    senderFinding(await hub.get<SenderAnswer[]>('/senders?limit=1000')),
  ];
}

/** Somebody who is not let in is no fault of this installation, but may be a centre that waits. */
export function senderFinding(senders: readonly SenderAnswer[]): Finding {
  const observed = senders.length === 0 ? 'nobody was refused' : `${senders.length} refused`;
  const advice = senders.length === 0 ? undefined : 'who and why: bin/modelbank senders list';
  return { check: 'senders', ok: true, observed, advice };
}

/** A revoked certificate is no trouble where the centre has another one. */
export function certificateFindings({ id, certificates }: CentreAnswer, now: Date): Finding[] {
  const check = `certificate of ${id}`;
  const valid = certificates.filter(({ revokedAt }) => revokedAt === null);
  const enrol = `enrol one: bin/modelbank centre cert ${id}`;
  if (certificates.length === 0) return [{ check, ok: false, observed: 'none is enrolled', advice: enrol }];
  if (valid.length === 0) return [{ check, ok: false, observed: 'revoked', advice: enrol }];
  const days = Math.max(...valid.map(({ notAfter }) => Math.floor((Date.parse(notAfter) - now.getTime()) / DAY_MS)));
  const ok = days >= WARN_DAYS;
  return [{ check, ok, observed: `${days} days left`, advice: ok ? undefined : enrol }];
}

async function receiver(
  centreId: string,
  { name, host, port }: CentreAnswer['destinations'][number],
): Promise<Finding> {
  const ok = await answers(host, port);
  const observed = `${name}, ${host}:${port}: ${ok ? 'ok' : 'no answer'}`;
  const advice = ok ? undefined : 'start the receiver, or look at its host, port and firewall';
  return { check: `destination of ${centreId}`, ok, observed, advice };
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (worked: boolean) => {
      socket.destroy();
      resolve(worked);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
