/**
 * The broker of a hub in one process: the outbox table is the queue. Each queue is read in the order of its messages, one
 * message at a time; queues run side by side. Wake-ups make it fast, a poll each second makes it certain.
 */
import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { QueueName } from '@modelbank/contracts';
import { Ticker } from '@modelbank/platform';
import { handlerNames, handlersOf } from './handlers';
import type { Handle } from './handlers';
import { processMessages } from './process-message';
import type { TransportParts } from './process-message';
import { checkWiring } from './wiring';
import type { Journey } from './wiring';

export interface EmbeddedTransportOptions {
  readonly pollEveryMs?: number;
  /** Another map than contracts' JOURNEY, in tests. */
  readonly journey?: Journey;
}

const POLL_EVERY_MS = 1000;
const BATCH = 50;
/** What comes by the hundred is waited for: fewer, larger transactions leave the one writer to those who wait for an answer. */
const GATHER_MS = 250;

export class EmbeddedTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol.for('modelbank.embedded');
  private readonly tickers = new Map<QueueName, Ticker>();
  /** Queues that are read in a moment; what ends the waiting. */
  private readonly gathering = new Map<QueueName, () => void>();
  private readonly handles = new Map<QueueName, Handle>();
  private stopListening: () => void = () => undefined;
  private closing = false;

  constructor(
    private readonly parts: TransportParts,
    private readonly options: EmbeddedTransportOptions = {},
  ) {
    super();
  }

  /** Nest calls it when all handlers are registered; a wrong wiring goes to `callback` and stops the start-up. */
  listen(callback: (error?: unknown) => void): void {
    try {
      checkWiring(handlerNames(this.messageHandlers), this.options.journey);
    } catch (error) {
      callback(error);
      return;
    }
    for (const [queue, handle] of handlersOf(this.messageHandlers)) {
      this.handles.set(queue, handle);
      this.tickers.set(queue, this.tickerOf(queue, handle));
    }
    this.stopListening = this.parts.wakeUps.onWake((queues) => queues.forEach((queue) => this.wake(queue)));
    this.tickers.forEach((ticker) => ticker.start());
    callback();
  }

  /** Waits for the handlers that run now; what they did not get to stays in the outbox. */
  async close(): Promise<void> {
    this.closing = true;
    this.stopListening();
    this.gathering.forEach((cancel) => cancel());
    await Promise.all([...this.tickers.values()].map((ticker) => ticker.stop()));
  }

  on(): this {
    return this;
  }

  unwrap<T>(): T {
    return this.parts.wakeUps as T;
  }

  private wake(queue: QueueName): void {
    const ticker = this.tickers.get(queue);
    if (this.handles.get(queue)?.together === 1) return ticker?.nudge();
    if (this.gathering.has(queue)) return;
    const read = (): void => {
      this.gathering.delete(queue);
      ticker?.nudge();
    };
    this.gathering.set(queue, this.parts.scheduler.after(GATHER_MS, read));
  }

  private tickerOf(queue: QueueName, handle: Handle): Ticker {
    return new Ticker({
      everyMs: this.options.pollEveryMs ?? POLL_EVERY_MS,
      scheduler: this.parts.scheduler,
      sweep: () => this.drain(queue, handle),
      onError: (error) => this.parts.logger.error('the outbox cannot be read now', error, { queue }),
    });
  }

  /** True when more may be waiting. A message that failed waits for its time; those behind it go on. */
  private async drain(queue: QueueName, handle: Handle): Promise<boolean> {
    const atMost = Math.max(BATCH, handle.together);
    const messages = await this.parts.outbox.due(queue, atMost);
    for (let start = 0; start < messages.length; start += handle.together) {
      if (this.closing) return false;
      await processMessages(this.parts, messages.slice(start, start + handle.together), handle);
    }
    return messages.length === atMost;
  }
}
