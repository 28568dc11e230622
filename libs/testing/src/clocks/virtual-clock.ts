/** Time that stands still until a test moves it: wall clock, monotonic clock and timers in one. */
import type { Clock } from '@modelbank/contracts';
import type { Scheduler } from '@modelbank/platform';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

const START = '2026-01-01T08:00:00.000Z';
/** Rounds of the event loop that promises of a timer get to settle in. */
const SETTLE_ROUNDS = 10;

export class VirtualClock implements Clock, Scheduler {
  private elapsedMs = 0;
  private readonly startMs: number;
  private readonly timers = new Set<Timer>();
  private made = 0;

  constructor(start: string = START) {
    this.startMs = Date.parse(start);
  }

  now(): Date {
    return new Date(this.startMs + this.elapsedMs);
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.elapsedMs + Math.max(0, delayMs), order: (this.made += 1), run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Moves time on; timers fire in order at their own time, and what they start gets its turn before the next one. */
  async advance(ms: number): Promise<void> {
    await settle();
    const endMs = this.elapsedMs + ms;
    for (let timer = this.nextDue(endMs); timer; timer = this.nextDue(endMs)) {
      this.timers.delete(timer);
      this.elapsedMs = Math.max(this.elapsedMs, timer.dueMs);
      timer.run();
      await settle();
    }
    this.elapsedMs = endMs;
    await settle();
  }

  private nextDue(endMs: number): Timer | undefined {
    return [...this.timers]
      .filter((timer) => timer.dueMs <= endMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  }
}

async function settle(): Promise<void> {
  for (let round = 0; round < SETTLE_ROUNDS; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
