/** A centre for a journey: enrolled through the API with development certificates, sending and receiving as a hospital does. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ensurePki, sendFiles } from '@modelbank/dimse';
import type { SentFile } from '@modelbank/dimse';
import type { ToolTls } from '@modelbank/testing';
import { studyProgress } from '../../../apps/cli/src/journey/study-progress';
import type { StudyProgressAnswer } from '../../../apps/cli/src/journey/study-progress';
import type { JourneyHub } from './journey-hub';

export interface CentreOptions {
  readonly id: string;
  readonly aeTitle: string;
  readonly settleTimeMs?: number;
  readonly sendsWholeSeries?: boolean;
}

export interface DestinationOptions {
  readonly aeTitle: string;
  readonly port: number;
  readonly tls?: boolean;
  readonly kind?: 'test' | 'clinical';
  readonly holes?: 'xor' | 'keyhole';
  readonly pinnedFingerprintSha256?: string;
}

export interface JourneyCentre extends CentreOptions {
  /** With which it calls the hub. */
  readonly client: ToolTls;
  /** With which it listens. */
  readonly server: ToolTls;
}

export async function enrolCentre(hub: JourneyHub, options: CentreOptions): Promise<JourneyCentre> {
  const { id, aeTitle, settleTimeMs, sendsWholeSeries } = options;
  const pki = await ensurePki(hub.home, [id], new Date());
  const { client, server } = pki.centres[id];
  await hub.api.post('/centres', {
    id,
    name: `Centre ${id}`,
    legalEntity: { name: 'Region Test', validFrom: '2020-01-01T00:00:00Z' },
  });
  await hub.api.post(`/centres/${id}/calling-aes`, {
    aeTitle,
    ...(settleTimeMs === undefined ? {} : { settleTimeMs }),
    ...(sendsWholeSeries === undefined ? {} : { sendsWholeSeries }),
  });
  await hub.api.post(`/centres/${id}/certificates`, { pem: await readFile(client.certPath, 'utf8') });
  const paths = ({ certPath, keyPath }: { certPath: string; keyPath: string }) => ({
    certPath,
    keyPath,
    caPath: pki.caPath,
  });
  return { ...options, client: paths(client), server: paths(server) };
}

export async function addDestination(
  hub: JourneyHub,
  centreId: string,
  destination: DestinationOptions,
): Promise<string> {
  const { aeTitle, port, tls = true, kind = 'test', holes, pinnedFingerprintSha256 } = destination;
  const answer = await hub.api.post<{ id: string }>(`/centres/${centreId}/destinations`, {
    name: 'receiver',
    aeTitle,
    host: '127.0.0.1',
    port,
    tls,
    kind,
    ...(holes === undefined ? {} : { holes }),
    ...(pinnedFingerprintSha256 === undefined ? {} : { pinnedFingerprintSha256 }),
  });
  return answer.id;
}

/** One association with our own SCU; for dcmtk use runStorescu of libs/testing. */
export async function send(
  hub: JourneyHub,
  centre: JourneyCentre,
  paths: readonly string[],
  calledAeTitle = 'MODELBANK',
): Promise<SentFile[]> {
  const [ca, cert, key] = await Promise.all(
    [centre.client.caPath, centre.client.certPath, centre.client.keyPath].map((path) => readFile(path)),
  );
  const target = { host: '127.0.0.1', port: hub.dimsePort, tls: { ca, cert, key }, calledAeTitle };
  return sendFiles({ ...target, callingAeTitle: centre.aeTitle }, paths);
}

/** Waits until nothing of the study will change by itself, and gives what it came to. */
export async function untilSettled(
  hub: JourneyHub,
  studyInstanceUid: string,
  centreId: string,
  timeoutMs = 120_000,
): Promise<StudyProgressAnswer> {
  return until(
    () => studyProgress(hub.api, studyInstanceUid, centreId),
    ({ settled }) => settled,
    timeoutMs,
  );
}

/** Asks again until the answer is good; fails with the last answer. */
export async function until<T>(ask: () => Promise<T>, isGood: (answer: T) => boolean, timeoutMs = 60_000): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    if (performance.now() > giveUpAt) throw new Error(`not in time: ${JSON.stringify(answer, null, 1)}`);
    await delay(100);
  }
}
