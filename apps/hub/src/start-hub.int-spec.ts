/** A whole hub in this process: it starts on an empty home, says where it listens, and ends in order. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, loadConfiguration } from '@modelbank/platform';
import { runEchoscu } from '@modelbank/testing';
import { RoutePermissions } from './access';
import { startHub } from './main';
import type { RunningHub } from './main';

/** Whole hubs start, on a busy machine. */
jest.setTimeout(60_000);

let home: string;
let hub: RunningHub | undefined;
const log: string[] = [];

const configurationOf = (more: Record<string, string> = {}) =>
  loadConfiguration(
    {
      MODELBANK_HTTP_PORT: '0',
      MODELBANK_DIMSE_PORT: '0',
      MODELBANK_DICOMWEB_PORT: '0',
      MODELBANK_LOG_LEVEL: 'trace',
      ...more,
    },
    home,
  );
const logger = () => createLogger({ level: 'trace', pretty: false }, { write: (line: string) => void log.push(line) });

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'modelbank-hub-'));
});
afterEach(async () => {
  await hub?.close();
  hub = undefined;
  await rm(home, { recursive: true, force: true });
});

it('starts with every stage wired, every route guarded, and says where it listens', async () => {
  hub = await startHub(configurationOf(), { logger: logger() });
  const { httpPort, dimsePort, dicomwebPort } = hub;
  const address = { pid: process.pid, httpPort, dimsePort, dicomwebPort };
  expect(JSON.parse(readFileSync(join(home, 'hub.json'), 'utf8'))).toEqual(address);
  expect(dicomwebPort).toBeGreaterThan(0);
  expect((await fetch(`http://127.0.0.1:${httpPort}/health`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${httpPort}/api/v1/centres`)).status).toBe(401);
  expect((await runEchoscu({ port: dimsePort, callingAeTitle: 'A', calledAeTitle: 'B' })).exitCode).not.toBe(0);
  const routes = hub.app.get(RoutePermissions, { strict: false }).routes();
  expect(routes.filter(({ access }) => access === 'public')).toHaveLength(2);
  await hub.close();
  await hub.close();
  expect(existsSync(join(home, 'hub.json'))).toBe(false);
  await expect(fetch(`http://127.0.0.1:${httpPort}/health`)).rejects.toThrow();
  hub = await startHub(configurationOf(), { logger: logger() });
});

it('refuses to speak plain HTTP beyond loopback', async () => {
  await expect(startHub(configurationOf({ MODELBANK_HTTP_HOST: '0.0.0.0' }))).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
  });
});

it('does not run twice on one home', async () => {
  hub = await startHub(configurationOf(), { logger: logger() });
  await expect(startHub(configurationOf(), { logger: logger() })).rejects.toMatchObject({
    code: expect.any(String) as string,
  });
  expect(existsSync(join(home, 'hub.json'))).toBe(true);
});
