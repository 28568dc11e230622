/** A clock that runs faster than the world, so that back-off in minutes passes while a test looks on; timers are hasty too. */
import type { Clock } from '@modelbank/contracts';
import { SystemClock } from '@modelbank/platform';
import type { Scheduler } from '@modelbank/platform';

export class HastyClock implements Clock, Scheduler {
  private readonly system = new SystemClock();
  private readonly startMs = Date.now();
  private readonly startMonotonicMs = this.system.monotonicMs();

  constructor(private readonly timesFaster: number) {}

  now(): Date {
    return new Date(this.startMs + Math.floor(this.elapsedMs()));
  }

  monotonicMs(): number {
    return this.elapsedMs();
  }

  after(delayMs: number, run: () => void): () => void {
    return this.system.after(delayMs / this.timesFaster, run);
  }

  private elapsedMs(): number {
    return (this.system.monotonicMs() - this.startMonotonicMs) * this.timesFaster;
  }
}
