/** Periodic sweeps (deadlines, leases, polls) that never overlap and stop cleanly; the next one starts after the last ended. */
import type { Scheduler } from './scheduler';

export interface TickerOptions {
  readonly everyMs: number;
  readonly scheduler: Scheduler;
  /** One bounded piece of work; `true` asks to be called again at once because more is waiting. */
  readonly sweep: () => Promise<boolean | void>;
  /** A failed sweep is told here and tried again at the next tick. */
  readonly onError: (error: unknown) => void;
}

export class Ticker {
  private cancelTimer: () => void = () => undefined;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = true;

  constructor(private readonly options: TickerOptions) {}

  /** The first sweep runs at once. */
  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.nudge();
  }

  /** Sweeps now, or once more directly after the sweep that is running. */
  nudge(): void {
    if (this.stopped) return;
    this.again = true;
    if (this.running !== null) return;
    this.cancelTimer();
    this.running = this.sweepWhileAsked().finally(() => {
      this.running = null;
      if (this.again) this.nudge();
      else this.plan();
    });
  }

  /** Resolves when no sweep runs any more and none will. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.again = false;
    this.cancelTimer();
    await this.running;
    this.cancelTimer();
  }

  /** Resolves when the sweep that runs now has ended. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private async sweepWhileAsked(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      try {
        if ((await this.options.sweep()) === true) this.again = true;
      } catch (error) {
        this.options.onError(error);
      }
    }
  }

  private plan(): void {
    if (this.stopped) return;
    this.cancelTimer = this.options.scheduler.after(this.options.everyMs, () => this.nudge());
  }
}
