/** Silence, a trickle, and requests without end: a sender keeps a pace, except while we make it wait ourselves. */
import { HubError } from '@modelbank/contracts';
import type { Scheduler } from '@modelbank/platform';

export interface BodyPace {
  readonly idleTimeoutMs: number;
  readonly minBytesPerSecond: number;
  readonly rateWindowMs: number;
  readonly requestTimeoutMs: number;
}

export class BodyWatch {
  private bytes = 0;
  private isWaiting = false;
  /** Rises whenever we let the sender go on. */
  private waits = 0;
  private readonly cancels: (() => void)[] = [];

  constructor(
    private readonly scheduler: Scheduler,
    private readonly onTooSlow: (reason: HubError) => void,
  ) {}

  start({ idleTimeoutMs, minBytesPerSecond, rateWindowMs, requestTimeoutMs }: BodyPace): void {
    this.expect(0, 1, idleTimeoutMs);
    this.expect(1, (minBytesPerSecond * rateWindowMs) / 1000, rateWindowMs);
    const tooLong = (): void => this.onTooSlow(new HubError('REQUEST_TOO_SLOW', 'the request took too long'));
    this.cancels[2] = this.scheduler.after(requestTimeoutMs, tooLong);
  }

  stop(): void {
    this.cancels.forEach((cancel) => cancel());
  }

  received(bytes: number): void {
    this.bytes += bytes;
  }

  /** The disk is behind: the sender stands still because of us. */
  wait(): void {
    this.isWaiting = true;
  }

  goOn(): void {
    this.isWaiting = false;
    this.waits += 1;
  }

  /** At least so many bytes within the period, again and again. */
  private expect(slot: number, leastBytes: number, periodMs: number): void {
    const { bytes, waits } = this;
    this.cancels[slot] = this.scheduler.after(periodMs, () => {
      const excused = this.isWaiting || this.waits !== waits;
      if (excused || this.bytes - bytes >= leastBytes) this.expect(slot, leastBytes, periodMs);
      else this.onTooSlow(new HubError('REQUEST_TOO_SLOW', 'the body of the request came too slowly'));
    });
  }
}
