/** Runs the hub as a child process of the demonstration: its log goes to a file, it ends with us. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '@modelbank/contracts';
import { hubArguments } from '@modelbank/platform';
import { connectToHub, readHubAddress } from '../hub-client';
import type { HubAddress, HubClient } from '../hub-client';

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;

export interface RunningHub {
  readonly client: HubClient;
  readonly address: HubAddress;
  readonly logPath: string;
  /** Resolves with the exit code when the hub ends by itself. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts the hub and waits until it says where it listens. A hub that runs already on this home is an error. */
export async function startHubProcess(home: string, environment: NodeJS.ProcessEnv = {}): Promise<RunningHub> {
  await refuseSecondHub(home);
  mkdirSync(join(home, 'logs'), { recursive: true });
  rmSync(join(home, 'hub.json'), { force: true });
  const logPath = join(home, 'logs', 'hub.log');
  const log = openSync(logPath, 'a');
  const hub = spawn(process.execPath, hubArguments(), {
    env: { ...process.env, ...environment, MODELBANK_HOME: home },
    // the channel carries nothing: it closes when we end, however we end, and the hub ends too
    stdio: ['ignore', log, log, 'ipc'],
  });
  const ended = new Promise<number | null>((resolve) => hub.once('close', resolve));
  hub.channel?.unref();
  const address = await waitUntilReady(hub, home, logPath);
  return { client: await connectToHub(home), address, logPath, ended, stop: () => stopHub(hub, ended) };
}

async function refuseSecondHub(home: string): Promise<void> {
  const address = await readHubAddress(home);
  if (address === null) return;
  throw new HubError('CONFLICT', `a hub (pid ${address.pid}) runs on ${home} already`, {
    advice: 'stop it, or choose another home with MODELBANK_HOME',
  });
}

async function waitUntilReady(hub: ChildProcess, home: string, logPath: string): Promise<HubAddress> {
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  while (performance.now() < giveUpAt && hub.exitCode === null && hub.signalCode === null) {
    const address = await readHubAddress(home);
    if (address !== null) return address;
    await delay(50);
  }
  hub.kill('SIGKILL');
  throw new HubError('HUB_UNREACHABLE', 'the hub did not start', {
    advice: `its last words are in ${logPath}; a port in use? set MODELBANK_HTTP_PORT, MODELBANK_DIMSE_PORT, MODELBANK_DICOMWEB_PORT`,
  });
}

async function stopHub(hub: ChildProcess, ended: Promise<number | null>): Promise<void> {
  if (hub.exitCode !== null || hub.signalCode !== null) return;
  hub.kill('SIGTERM');
  const timer = setTimeout(() => hub.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}
