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
import { processMessage } from './process-message';
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

export class EmbeddedTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol.for('modelbank.embedded');
  private readonly tickers = new Map<QueueName, Ticker>();
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
    for (const [queue, handle] of handlersOf(this.messageHandlers))
      this.tickers.set(queue, this.tickerOf(queue, handle));
    this.stopListening = this.parts.wakeUps.onWake((queues) =>
      queues.forEach((queue) => this.tickers.get(queue)?.nudge()),
    );
    this.tickers.forEach((ticker) => ticker.start());
    callback();
  }

  /** Waits for the handlers that run now; what they did not get to stays in the outbox. */
  async close(): Promise<void> {
    this.closing = true;
    this.stopListening();
    await Promise.all([...this.tickers.values()].map((ticker) => ticker.stop()));
  }

  on(): this {
    return this;
  }

  unwrap<T>(): T {
    return this.parts.wakeUps as T;
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
    const messages = await this.parts.outbox.due(queue, BATCH);
    for (const message of messages) {
      if (this.closing) return false;
      await processMessage(this.parts, message, handle);
    }
    return messages.length === BATCH;
  }
}
