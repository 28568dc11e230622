/** What a requestor waits for, with its deadline; and the first failure, which everything after it gets too. */
import { HubError } from '@modelbank/contracts';
import type { Timers } from '../transport/timers';

interface Waiter<A> {
  resolve(answer: A): void;
  reject(failure: HubError): void;
}

export class AwaitedAnswer<A> {
  private readonly timers: Timers;
  private readonly onTimeout: () => void;
  private waiter?: Waiter<A>;
  private failure?: HubError;

  /** `onTimeout` ends the association before those who wait are told. */
  constructor(timers: Timers, onTimeout: () => void) {
    this.timers = timers;
    this.onTimeout = onTimeout;
  }

  get isAwaited(): boolean {
    return this.waiter !== undefined;
  }

  /** The next answer. May be left alone: its failure is also thrown by whatever is done next. */
  expect(): Promise<A> {
    this.requireUsable();
    const answer = new Promise<A>((resolve, reject) => (this.waiter = { resolve, reject }));
    answer.catch(() => undefined);
    return answer;
  }

  settle(answer: A): void {
    const waiter = this.waiter;
    this.waiter = undefined;
    waiter?.resolve(answer);
  }

  /** Nothing will come any more. The first failure counts and is returned. */
  end(failure: HubError): HubError {
    this.failure ??= failure;
    const waiter = this.waiter;
    this.waiter = undefined;
    waiter?.reject(this.failure);
    return this.failure;
  }

  requireUsable(): void {
    if (this.failure) throw this.failure;
  }

  isOwn(thrown: unknown): boolean {
    return thrown === this.failure;
  }

  /** The promise, or the end of the association with PEER_TIMEOUT. */
  async inTime<R>(promise: Promise<R>, ms: number, complaint: string): Promise<R> {
    const cancel = this.timers.after(ms, () => {
      this.onTimeout();
      this.end(new HubError('PEER_TIMEOUT', `${complaint} within ${ms} ms`));
    });
    try {
      return await promise;
    } finally {
      cancel();
    }
  }
}
