/** The whole hub on the hostile broker: messages twice, late and in any order still end in one complete input set. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePki } from '@modelbank/dimse';
import { createLogger, loadConfiguration } from '@modelbank/platform';
import { hostileTransport, runStorescu } from '@modelbank/testing';
import { sliceUids, writeSlice } from '../../../test/support/ct-slices';
import { startHub } from './main';
import type { RunningHub } from './main';
import type { StudyProgress } from './progress/progress-view';

const SETTLE_MS = 1500;
const GIVE_UP_MS = 40_000;

let home: string;
let hub: RunningHub;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'modelbank-hostile-'));
  const environment = {
    MODELBANK_HTTP_PORT: '0',
    MODELBANK_DIMSE_PORT: '0',
    MODELBANK_DICOMWEB_PORT: '0',
    MODELBANK_SWEEP_EVERY_MS: '100',
  };
  const logger = createLogger({ level: 'silent', pretty: false });
  hub = await startHub(loadConfiguration(environment, home), { transport: hostileTransport({ seed: 7 }), logger });
});
afterAll(async () => {
  await hub.close();
  await rm(home, { recursive: true, force: true });
});

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const token = (await readFile(join(home, 'operator.token'), 'utf8')).trim();
  const response = await fetch(`http://127.0.0.1:${hub.httpPort}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return (await response.json()) as T;
}

it('ends in one complete input set, whatever the broker does', async () => {
  const { centres, caPath } = await ensurePki(home, ['odense'], new Date());
  const { certPath, keyPath } = centres.odense.client;
  await api('POST', '/centres', { id: 'odense', name: 'Odense' });
  await api('POST', '/centres/odense/calling-aes', { aeTitle: 'CT1', settleTimeMs: SETTLE_MS });
  await api('POST', '/centres/odense/certificates', { pem: await readFile(certPath, 'utf8') });
  const seed = 'hostile';
  const files = await Promise.all(Array.from({ length: 12 }, (_, k) => writeSlice(home, { seed, k })));
  const tls = { caPath, certPath, keyPath };
  const target = { port: hub.dimsePort, callingAeTitle: 'CT1', calledAeTitle: 'MODELBANK', tls };
  for (const part of [files.slice(6), files.slice(0, 3), files.slice(2, 6)]) {
    const sent = await runStorescu(
      target,
      part.map((file) => file.path),
    );
    expect(sent.exitCode).toBe(0);
  }
  const giveUpAt = performance.now() + GIVE_UP_MS;
  let progress: StudyProgress | undefined;
  while (!progress?.settled && performance.now() < giveUpAt) {
    await sleep(200);
    [progress] = await api<StudyProgress[]>('GET', `/studies/${sliceUids({ seed, k: 0 }).study}/progress`);
  }
  expect(progress).toMatchObject({ settled: true, instancesStored: 12, dispositions: { assembled: 12 }, held: [] });
  const [series] = progress?.series ?? [];
  expect(series).toMatchObject({ state: 'complete', instanceCount: 12 });
  const current = series.inputSets.filter((set) => set.state !== 'superseded');
  expect(current).toMatchObject([{ state: 'complete', slices: 12 }]);
}, 60_000);
