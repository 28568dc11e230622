/**
 * A few frame children for all requests: compressed pixels are bytes of strangers, so they are decoded where a hang, a crash or a bomb
 * costs one process and one request. Children start when they are needed and end when nobody has asked for a while.
 */
import { HubError } from '@modelbank/contracts';
import { compiledEntry } from '@modelbank/platform';
import { FrameChildProcess } from './frame-child-process';
import type { FrameLimits } from './frame-child-process';
import type { FrameAnswerOf, FrameRequest } from './frame-messages';

export interface FramePoolOptions extends FrameLimits {
  /** Most children at a time. */
  readonly children: number;
  /** Most requests that may wait for one; more are refused as HUB_BUSY. */
  readonly queueLength: number;
  readonly idleMs: number;
  /** The JavaScript file to run instead of the compiled child; tests use it. */
  readonly entry?: string;
}

/** Bad inputs, group E: 60 s and 2 GiB. */
export const FRAME_POOL_OPTIONS: FramePoolOptions = {
  children: 2,
  queueLength: 256,
  timeoutMs: 60_000,
  memoryMiB: 2048,
  idleMs: 30_000,
};

export class FramePool {
  private readonly idle = new Map<FrameChildProcess, NodeJS.Timeout>();
  private readonly all = new Set<FrameChildProcess>();
  private readonly queue: (() => void)[] = [];
  private readonly options: FramePoolOptions;
  private closed = false;

  constructor(options: Partial<FramePoolOptions> = {}) {
    this.options = { ...FRAME_POOL_OPTIONS, ...options };
  }

  /** Answers the request; rejects with a HubError: NOT_FOUND for a frame that is not there, DECODING_FAILED, HUB_BUSY. */
  async run<R extends FrameRequest>(request: R, signal?: AbortSignal): Promise<FrameAnswerOf<R>> {
    const child = await this.takeChild(signal);
    try {
      return (await child.run(request)) as FrameAnswerOf<R>;
    } finally {
      this.giveBack(child);
    }
  }

  /** Ends all children; requests under way fail. */
  close(): void {
    this.closed = true;
    for (const timer of this.idle.values()) clearTimeout(timer);
    this.idle.clear();
    for (const child of [...this.all]) child.kill();
    for (const wake of this.queue.splice(0)) wake();
  }

  private async takeChild(signal?: AbortSignal): Promise<FrameChildProcess> {
    let mayStart = this.idle.size > 0 || this.all.size < this.options.children;
    while (!mayStart && !this.closed) {
      if (this.queue.length >= this.options.queueLength)
        throw new HubError('HUB_BUSY', 'too many pictures are asked for now');
      await new Promise<void>((resolve) => this.queue.push(resolve));
      mayStart = this.idle.size > 0 || this.all.size < this.options.children;
    }
    if (this.closed || signal?.aborted) {
      this.queue.shift()?.();
      throw new HubError('HUB_BUSY', 'the request was given up');
    }
    return this.idleChild() ?? this.startChild();
  }

  private idleChild(): FrameChildProcess | undefined {
    const [next] = this.idle;
    if (next === undefined) return undefined;
    clearTimeout(next[1]);
    this.idle.delete(next[0]);
    return next[0];
  }

  private startChild(): FrameChildProcess {
    const entry = this.options.entry ?? compiledEntry('libs/inference/src/frames/frame-child.ts');
    const child = new FrameChildProcess(entry, this.options, () => this.forget(child));
    this.all.add(child);
    return child;
  }

  private giveBack(child: FrameChildProcess): void {
    if (this.all.has(child)) {
      const timer = setTimeout(() => child.kill(), this.options.idleMs);
      timer.unref();
      this.idle.set(child, timer);
    }
    this.queue.shift()?.();
  }

  private forget(child: FrameChildProcess): void {
    clearTimeout(this.idle.get(child));
    this.idle.delete(child);
    this.all.delete(child);
    this.queue.shift()?.();
  }
}
