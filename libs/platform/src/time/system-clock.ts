/** The real time: wall clock, monotonic clock and timers of this process. */
import type { Clock } from '@modelbank/contracts';
import type { Scheduler } from './scheduler';

export class SystemClock implements Clock, Scheduler {
  now(): Date {
    return new Date();
  }

  monotonicMs(): number {
    return performance.now();
  }

  /** Timers do not keep the process alive: what must finish is awaited by its owner. */
  after(delayMs: number, run: () => void): () => void {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  }
}
