/**
 * Ends associations whose peer is silent or dribbles (PS3.8 section 9.1.5 leaves the times to us). Time that we spend
 * ourselves, on disk or database, is never counted against the peer.
 */
import type { CancelAlarm, Timers } from '../transport/timers';
import type { ScpLimits } from './scp-options';

export type WatchdogRule = 'timeout' | 'rate';

/** What the watchdog looks at. */
export interface Watched {
  readonly lastByteAtMs: number;
  readonly bytesReceived: number;
  /** A message has begun and is not complete, so bytes must come. */
  readonly receiving: boolean;
}

const LONGEST_TICK_MS = 1_000;

export class Watchdog {
  private readonly timers: Timers;
  private readonly limits: ScpLimits;
  private readonly watched: Watched;
  private readonly onExpired: (rule: WatchdogRule, message: string) => void;
  private cancel: CancelAlarm = () => undefined;
  private ownWorkSinceMs?: number;
  private ownWorkMs = 0;
  private ownWorkEndedAtMs = 0;
  private window = { startMs: 0, startBytes: 0 };

  constructor(
    timers: Timers,
    limits: ScpLimits,
    watched: Watched,
    onExpired: (rule: WatchdogRule, message: string) => void,
  ) {
    this.timers = timers;
    this.limits = limits;
    this.watched = watched;
    this.onExpired = onExpired;
  }

  /** The association stands: from now on silence and rate count. */
  associationOpened(): void {
    this.restartWindow();
    this.scheduleTick();
  }

  stop(): void {
    this.cancel();
  }

  /** Runs our own work; the peer's clocks stand still meanwhile. */
  async duringOwnWork<R>(work: Promise<R>): Promise<R> {
    this.ownWorkSinceMs = this.timers.monotonicMs();
    try {
      return await work;
    } finally {
      this.ownWorkEndedAtMs = this.timers.monotonicMs();
      this.ownWorkMs += this.ownWorkEndedAtMs - this.ownWorkSinceMs;
      this.ownWorkSinceMs = undefined;
    }
  }

  private scheduleTick(): void {
    const delayMs = Math.min(LONGEST_TICK_MS, this.limits.idleMs / 4, this.limits.rateWindowMs / 4);
    this.cancel = this.timers.after(delayMs, () => this.tick());
  }

  private tick(): void {
    this.scheduleTick();
    if (this.ownWorkSinceMs !== undefined) return;
    const silentMs = this.timers.monotonicMs() - Math.max(this.watched.lastByteAtMs, this.ownWorkEndedAtMs);
    if (silentMs >= this.limits.idleMs) return this.expire('timeout', 'the peer was silent for too long');
    if (!this.watched.receiving) return this.restartWindow();
    this.checkRate();
  }

  private checkRate(): void {
    const elapsedMs = this.peerTimeMs() - this.window.startMs;
    if (elapsedMs < this.limits.rateWindowMs) return;
    const received = this.watched.bytesReceived - this.window.startBytes;
    if (received < (this.limits.minimumBytesPerSecond * elapsedMs) / 1_000) {
      return this.expire('rate', 'the peer sent more slowly than the least allowed rate');
    }
    this.restartWindow();
  }

  private expire(rule: WatchdogRule, message: string): void {
    this.cancel();
    this.onExpired(rule, message);
  }

  private restartWindow(): void {
    this.window = { startMs: this.peerTimeMs(), startBytes: this.watched.bytesReceived };
  }

  /** Monotonic time without our own work. */
  private peerTimeMs(): number {
    return this.timers.monotonicMs() - this.ownWorkMs;
  }
}
