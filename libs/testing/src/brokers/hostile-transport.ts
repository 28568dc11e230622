/**
 * A broker that does all that a real one may do on a bad day: it serialises, delivers twice (also at the same time, also
 * long after), out of order and late, and drops most wake-ups. Journeys must end the same on it as on the embedded one.
 */
import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkWiring, handlerNames, handlersOf, processMessages } from '@modelbank/broker';
import type { Handle, Journey, TransportFactory, TransportParts } from '@modelbank/broker';
import type { PendingMessage, QueueName } from '@modelbank/contracts';
import { Ticker } from '@modelbank/platform';
import { seededRandom, shuffled } from '../clocks/seeded-random';
import type { Random } from '../clocks/seeded-random';

export interface HostileOptions {
  /** Same seed, same mischief (as far as the order of the database's answers allows). */
  readonly seed?: number;
  readonly journey?: Journey;
}

const POLL_EVERY_MS = 20;
const LATEST_MS = 15;
const MOST_AT_ONCE = 4;
const KEPT_FOR_LATER = 50;
const TWICE_AT_ONCE = 0.3;
const AGAIN_LATER = 0.2;
/** Where a handler takes several, the repetitions among them included. */
const TOGETHER = 0.5;
const DROPPED_WAKE_UPS = 0.8;

/** For `BrokerModule.forRoot({ transport: hostileTransport() })`; prints its seed. */
export function hostileTransport(options: HostileOptions = {}): TransportFactory {
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  process.stderr.write(`hostile broker, seed ${seed}\n`);
  return (parts) => new HostileTransport(parts, seededRandom(seed), options.journey);
}

export class HostileTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol.for('modelbank.hostile');
  private readonly processed: PendingMessage[] = [];
  private readonly tickers: Ticker[] = [];
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly parts: TransportParts,
    private readonly random: Random,
    private readonly journey?: Journey,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      checkWiring(handlerNames(this.messageHandlers), this.journey);
    } catch (error) {
      callback(error);
      return;
    }
    for (const [queue, handle] of handlersOf(this.messageHandlers)) this.tickers.push(this.tickerOf(queue, handle));
    this.stopListening = this.parts.wakeUps.onWake(() => {
      if (this.random() > DROPPED_WAKE_UPS) this.tickers.forEach((ticker) => ticker.nudge());
    });
    this.tickers.forEach((ticker) => ticker.start());
    callback();
  }

  async close(): Promise<void> {
    this.stopListening();
    await Promise.all(this.tickers.map((ticker) => ticker.stop()));
  }

  on(): this {
    return this;
  }

  unwrap<T>(): T {
    return this.parts.wakeUps as T;
  }

  private tickerOf(queue: QueueName, handle: Handle): Ticker {
    return new Ticker({
      everyMs: POLL_EVERY_MS,
      scheduler: this.parts.scheduler,
      sweep: () => this.round(queue, handle),
      onError: (error) => this.parts.logger.error('a round of the hostile broker failed', error, { queue }),
    });
  }

  /** A few random messages at the same time, some of them twice, and now and then one that was processed long ago. */
  private async round(queue: QueueName, handle: Handle): Promise<void> {
    const due = shuffled(await this.parts.outbox.due(queue, MOST_AT_ONCE * 5), this.random).slice(0, MOST_AT_ONCE);
    const twice = due.filter(() => this.random() < TWICE_AT_ONCE);
    const again = this.processed.filter((old) => old.queue === queue && this.random() < AGAIN_LATER).slice(0, 1);
    const all = shuffled([...due, ...twice, ...again], this.random);
    const isTogether = all.length > 0 && handle.together >= all.length && this.random() < TOGETHER;
    await Promise.all((isTogether ? [all] : all.map((message) => [message])).map((some) => this.late(some, handle)));
    this.processed.push(...due);
    this.processed.splice(0, this.processed.length - KEPT_FOR_LATER);
  }

  private async late(messages: readonly PendingMessage[], handle: Handle): Promise<void> {
    await sleep(this.random() * LATEST_MS);
    const copies = JSON.parse(JSON.stringify(messages)) as PendingMessage[];
    await processMessages(this.parts, copies, handle);
  }
}
