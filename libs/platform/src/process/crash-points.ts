/** Dies at a named place when a test asks for it, so that `kill -9` can be tried where it hurts most. */
import type { CrashPoint, CrashPoints } from '@modelbank/contracts';
import { CRASH_POINTS, HubError } from '@modelbank/contracts';
import type { Environment } from '../config/load-configuration';

const BLOCK_MS = 60_000;

/**
 * Reads MODELBANK_CRASH_AT (a name of contracts/crash-points.ts) and MODELBANK_CRASH_COUNT (die when it is reached for the
 * n-th time, default 1); both work only with MODELBANK_TEST_BUILD=1.
 */
export class ProcessCrashPoints implements CrashPoints {
  private readonly crashAt: CrashPoint | null;
  private remaining: number;

  constructor(env: Environment = process.env) {
    const name = env.MODELBANK_TEST_BUILD === '1' ? (env.MODELBANK_CRASH_AT ?? '') : '';
    this.crashAt = name === '' ? null : parseCrashPoint(name);
    this.remaining = Number(env.MODELBANK_CRASH_COUNT ?? '1');
    if (!Number.isInteger(this.remaining) || this.remaining < 1) {
      throw new HubError('INVALID_CONFIGURATION', 'MODELBANK_CRASH_COUNT must be a whole number of at least 1');
    }
  }

  reach(point: CrashPoint): void {
    if (point !== this.crashAt) return;
    this.remaining -= 1;
    if (this.remaining === 0) dieNow();
  }
}

/** SIGKILL is delivered asynchronously: nothing of this thread may run until it is. */
function dieNow(): void {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCK_MS);
}

function parseCrashPoint(name: string): CrashPoint {
  const point = CRASH_POINTS.find((known) => known === name);
  if (point === undefined) throw new HubError('INVALID_CONFIGURATION', 'MODELBANK_CRASH_AT names no crash point');
  return point;
}
