/** A centre that keeps sending sound CT images while others attack: every one must be acknowledged. */
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { AssociationTarget } from '@modelbank/dimse';
import { compiledEntry } from '@modelbank/platform';
import type { GoodAnswer } from './good-sender';

/** Longer than the sender itself waits for an answer. */
const ONE_MORE_WITHIN_MS = 30_000;

export interface GoodSpell {
  readonly acknowledged: number;
  readonly latenciesMs: readonly number[];
  /** Why one was not acknowledged. */
  readonly failures: readonly string[];
}

/** In a thread of its own: what the attacking thread is busy with delays no good image. */
export class GoodTraffic {
  private latenciesMs: number[] = [];
  private failures: string[] = [];
  private answered = 0;
  private readonly sender: Worker;

  constructor(target: AssociationTarget) {
    this.sender = new Worker(compiledEntry('test/torture/support/good-sender.ts'), { workerData: target });
    this.sender.on('message', (answer: GoodAnswer) => {
      this.answered += 1;
      if ('failure' in answer) this.failures.push(answer.failure);
      else this.latenciesMs.push(answer.acknowledgedAfterMs);
    });
    this.sender.on('error', (thrown) => this.failures.push(`the sender ended: ${thrown.message}`));
  }

  /** What happened since the last time this was asked. */
  spell(): GoodSpell {
    const { latenciesMs, failures } = this;
    this.latenciesMs = [];
    this.failures = [];
    return { acknowledged: latenciesMs.length, latenciesMs, failures };
  }

  /** Waits until one more that is sent from now on was answered, however. */
  async oneMore(): Promise<void> {
    const until = this.answered + 2;
    const deadlineMs = performance.now() + ONE_MORE_WITHIN_MS;
    while (this.answered < until && performance.now() < deadlineMs) await delay(10);
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.sender.once('exit', () => resolve()));
    this.sender.postMessage('stop');
    await ended;
  }
}
