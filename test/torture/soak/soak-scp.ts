/** Mutated conversations against an SCP in a process of its own: it lives, answers others within a second, and stays small. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { compiledEntry } from '@modelbank/platform';
import { RawPeer, rawAssociateRequest, rawData, rawEchoRequest, rawPdu, seededRandom } from '@modelbank/testing';
import { cpuMs, isAlive, rssBytes } from '../support/process-watch';
import { goodConversations } from './good-inputs';
import { mutateConversation } from './mutations';
import type { Random } from './mutations';
import { MIB, MOST_GROWTH_BYTES, MOST_MS } from './soak-part';
import type { SoakOptions, SoakOutcome } from './soak-part';

const AT_ONCE = 24;
/** A conversation that nobody goes on with is left. */
const QUIET_MS = 12;
const LOOK_EVERY_MS = 100;
const GIVE_UP_MS = 20_000;
const WARM_INPUTS = 2_000;
const GOOD = goodConversations();

interface ScpNews {
  readonly port?: number;
  readonly failure?: string;
}

/** What goes over one connection; `resets` instead of closing. */
export function mutatedConversation(seed: number, index: number): { readonly bytes: Buffer; readonly random: Random } {
  const random = seededRandom(seed * 1_000_003 + index);
  return { bytes: Buffer.concat(mutateConversation(GOOD[index % GOOD.length], random)), random };
}

export async function soakScp({ seed, inputs, say }: SoakOptions): Promise<SoakOutcome> {
  const child = fork(compiledEntry('test/torture/soak/scp-process.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const deviations: string[] = [];
  const port = await portOf(child, (failure) => deviations.push(failure));
  const pid = child.pid ?? 0;
  const startedMs = performance.now();
  const watched = watchEchoes(port, pid, (what) => deviations.push(what));
  let [next, warm, most] = [0, 0, 0];
  const attack = async (): Promise<void> => {
    while (next < inputs && isAlive(pid)) {
      const index = next++;
      await converse(port, seed, index);
      if (index === Math.min(WARM_INPUTS, inputs >> 1)) warm = rssBytes(pid);
      if (index % 1_000 === 0 && warm > 0) most = Math.max(most, rssBytes(pid));
      if (index % 20_000 === 0) say(`  SCP: ${index} inputs, ${Math.round(rssBytes(pid) / MIB)} MiB`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attack));
  if (!isAlive(pid)) deviations.push(`the SCP ended near input ${next} of seed ${seed}`);
  const slowestEchoMs = await watched.stop();
  const growth = Math.max(0, most - warm);
  if (growth > MOST_GROWTH_BYTES) deviations.push(`the SCP grew by ${Math.round(growth / MIB)} MiB`);
  child.disconnect();
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  return {
    figures: { seed, inputs: next, seconds, slowestEchoMs, rssGrowthMiB: Math.round(growth / MIB) },
    deviations,
  };
}

function portOf(child: ChildProcess, onFailure: (failure: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('message', ({ port, failure }: ScpNews) => {
      if (port !== undefined) resolve(port);
      if (failure !== undefined) onFailure(`the SCP failed inside: ${failure}`);
    });
    child.once('exit', (code) => reject(new Error(`the SCP ended with ${code}`)));
  });
}

/** Sends one conversation in a few pieces and leaves when it is over, or when nothing happens any more. */
function converse(port: number, seed: number, index: number): Promise<void> {
  const { bytes, random } = mutatedConversation(seed, index);
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const leave = (): void => void (random() < 0.2 ? socket.resetAndDestroy() : socket.destroy());
    socket.setTimeout(QUIET_MS, leave);
    socket
      .on('error', () => undefined)
      .on('data', () => undefined)
      .on('close', () => resolve());
    socket.on('connect', () => {
      const cut = Math.floor(random() * bytes.length);
      socket.write(bytes.subarray(0, cut));
      setImmediate(() => socket.destroyed || socket.write(bytes.subarray(cut)));
    });
  });
}

/** A good peer beside it: a second of silence while the SCP computes is a hang; much longer silence too. */
function watchEchoes(port: number, pid: number, onHang: (what: string) => void) {
  let stopped = false;
  let slowestMs = 0;
  const run = async (): Promise<void> => {
    while (!stopped && isAlive(pid)) {
      const [startedMs, startedCpuMs] = [performance.now(), cpuMs(pid)];
      const answered = await echo(port).catch(() => false);
      if (!isAlive(pid)) return;
      const tookMs = performance.now() - startedMs;
      slowestMs = Math.max(slowestMs, tookMs);
      const computedMs = cpuMs(pid) - startedCpuMs;
      if (!answered) onHang('a good peer got no answer');
      else if (tookMs > MOST_MS && computedMs > 0.9 * tookMs) onHang(`an echo took ${Math.round(tookMs)} ms`);
      await delay(LOOK_EVERY_MS);
    }
  };
  const running = run();
  return {
    stop: async (): Promise<number> => {
      stopped = true;
      await running;
      return Math.round(slowestMs);
    },
  };
}

async function echo(port: number): Promise<boolean> {
  const peer = await RawPeer.connect(port);
  peer.send(rawAssociateRequest());
  const accepted = await peer.next(GIVE_UP_MS);
  peer.send(rawData(1, 3, rawEchoRequest()), rawPdu(0x05));
  const answer = await peer.next(GIVE_UP_MS);
  peer.close();
  return accepted !== 'closed' && accepted.type === 2 && answer !== 'closed' && answer.type === 4;
}
