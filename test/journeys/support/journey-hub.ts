/** A hub for a journey: in this process (so that a hostile broker or a clock can be put in) or as the real process. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensurePki } from '@modelbank/dimse';
import { hubArguments, loadConfiguration } from '@modelbank/platform';
import { HubClient, readHubAddress } from '../../../apps/cli/src/hub-client';
import { startHub } from '../../../apps/hub/src/start-hub';
import type { HubOverrides } from '../../../apps/hub/src/hub-overrides';

const START_WITHIN_MS = 60_000;
/** `npm test` runs the journeys twice; the second time every hub process gets the hostile broker. */
const HUB_ENTRY =
  process.env.MODELBANK_TEST_BROKER === 'hostile' ? 'test/journeys/support/hostile-hub.ts' : 'apps/hub/src/main.ts';

export interface JourneyHub {
  readonly home: string;
  readonly dimsePort: number;
  readonly api: HubClient;
  stop(): Promise<void>;
}

/** Free ports, fast sweeps, retries within seconds; everything else as in production. */
export function journeyEnvironment(home: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    MODELBANK_HOME: home,
    MODELBANK_HTTP_PORT: '0',
    MODELBANK_DIMSE_PORT: '0',
    MODELBANK_DICOMWEB_PORT: '0',
    MODELBANK_SWEEP_EVERY_MS: '100',
    MODELBANK_DELIVERY_RETRY_AFTER_MS: '300,1000',
    MODELBANK_LOG_LEVEL: 'warn',
    ...more,
  };
}

export function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'modelbank-journey-'));
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true });
}

/** A hub inside the test's process. */
export async function startHubHere(
  home: string,
  overrides: HubOverrides = {},
  environment: NodeJS.ProcessEnv = {},
): Promise<JourneyHub> {
  await ensurePki(home, [], new Date());
  const running = await startHub(loadConfiguration(journeyEnvironment(home, environment)), overrides);
  return { home, dimsePort: running.dimsePort, api: client(home, running.httpPort), stop: () => running.close() };
}

/** The hub as `modelbank serve` runs it; `kill` is SIGKILL, `ended` says how it ended. */
export interface HubProcess extends JourneyHub {
  readonly pid: number;
  readonly operatorToken: string;
  /** Everything it wrote to stdout and stderr. */
  readonly output: () => string;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(): Promise<void>;
}

/** `cwd`: where it runs; nothing of it depends on that. */
export async function startHubProcess(
  home: string,
  environment: NodeJS.ProcessEnv = {},
  cwd?: string,
): Promise<HubProcess> {
  await ensurePki(home, [], new Date());
  rmSync(join(home, 'hub.json'), { force: true });
  const child = spawn(process.execPath, hubArguments(HUB_ENTRY), {
    cwd,
    env: { ...process.env, ...journeyEnvironment(home, environment) },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const address = await addressOf(child, home, () => output);
  return {
    home,
    pid: child.pid!,
    operatorToken: operatorTokenOf(home),
    dimsePort: address.dimsePort,
    api: client(home, address.httpPort),
    output: () => output,
    ended,
    stop: () => end(child, 'SIGTERM', ended),
    kill: () => end(child, 'SIGKILL', ended),
  };
}

async function addressOf(child: ChildProcess, home: string, output: () => string) {
  const giveUpAt = performance.now() + START_WITHIN_MS;
  while (performance.now() < giveUpAt && child.exitCode === null && child.signalCode === null) {
    const address = await readHubAddress(home);
    if (address !== null && address.pid === child.pid) return address;
    await delay(25);
  }
  child.kill('SIGKILL');
  throw new Error(`the hub did not start:\n${output()}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await ended;
}

function client(home: string, httpPort: number): HubClient {
  return new HubClient(`http://127.0.0.1:${httpPort}`, operatorTokenOf(home));
}

function operatorTokenOf(home: string): string {
  return readFileSync(join(home, 'operator.token'), 'utf8').trim();
}
