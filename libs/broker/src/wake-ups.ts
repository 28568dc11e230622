/** Carries wake-ups from the unit of work to the transport of this process; nobody listening is no error. */
import type { Broker, QueueName } from '@modelbank/contracts';

export type WakeListener = (queues: readonly QueueName[]) => void;

export class WakeUps implements Broker {
  private readonly listeners = new Set<WakeListener>();

  wake(queues: readonly QueueName[]): void {
    for (const listener of this.listeners) listener(queues);
  }

  /** The returned function ends it. */
  onWake(listener: WakeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
