/** One frame child from fork to exit. Serves one request at a time; whatever goes wrong ends it, and the request learns why. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { HubError } from '@modelbank/contracts';
import type { ErrorCode } from '@modelbank/contracts';
import { watchResidentMemory } from '../process-memory';
import { childEnvironment } from '../run-child';
import { mayGoOnAfter, parseFrameMessage } from './frame-messages';
import type { FrameAnswer, FrameFailureCode, FrameMessage, FrameRequest } from './frame-messages';

export interface FrameLimits {
  readonly timeoutMs: number;
  readonly memoryMiB: number;
}

interface Waiting {
  readonly request: FrameRequest;
  resolve(answer: FrameAnswer): void;
  reject(error: HubError): void;
}

const HEAP_MIB = 512;

export class FrameChildProcess {
  private readonly child: ChildProcess;
  private readonly stopWatching: () => void;
  private waiting?: Waiting;
  private timer?: NodeJS.Timeout;
  private isReady = false;
  private gone = false;

  constructor(
    entry: string,
    private readonly limits: FrameLimits,
    private readonly onGone: () => void,
  ) {
    this.child = fork(entry, [String(process.pid)], {
      env: childEnvironment(process.env),
      cwd: __dirname,
      execArgv: [`--max-old-space-size=${HEAP_MIB}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.stopWatching = this.child.pid === undefined ? () => undefined : this.watchMemory(this.child.pid);
    this.child.on('message', (value) => this.receive(parseFrameMessage(value)));
    this.child.once('error', () => this.end('the decoder could not be started or reached'));
    this.child.once('exit', () => this.end('the decoder ended without an answer'));
  }

  /** The next request; only when the one before has ended. */
  run(request: FrameRequest): Promise<FrameAnswer> {
    return new Promise((resolve, reject) => {
      this.waiting = { request, resolve, reject };
      const seconds = Math.round(this.limits.timeoutMs / 100) / 10;
      this.timer = setTimeout(() => this.end(`the decoder gave no answer within ${seconds} s`), this.limits.timeoutMs);
      if (this.gone) this.end('the decoder has ended');
      else if (this.isReady) this.send(request);
    });
  }

  kill(): void {
    this.end('the decoder was stopped');
  }

  private watchMemory(pid: number): () => void {
    const { memoryMiB } = this.limits;
    return watchResidentMemory(pid, memoryMiB, () => this.end(`the decoder used more than ${memoryMiB} MiB`));
  }

  private receive(message: FrameMessage | undefined): void {
    if (message === undefined) return this.end('the decoder said something that is none of ours');
    if (message.type === 'ready') {
      this.isReady = true;
      if (this.waiting !== undefined) this.send(this.waiting.request);
      return;
    }
    const waiting = this.settle();
    if (message.type === 'done') return waiting?.resolve(message.answer);
    // gone before the next request could be given to a child that is about to end
    if (!mayGoOnAfter(message.code)) this.kill();
    waiting?.reject(new HubError(hubCodeOf(message.code), message.message));
  }

  private send(request: FrameRequest): void {
    this.child.send(request, (error) => {
      if (error !== null) this.end('the decoder did not take its request');
    });
  }

  private settle(): Waiting | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    clearTimeout(this.timer);
    return waiting;
  }

  /** Any end: the request that waits is told as one whose pixels cannot be decoded. */
  private end(why: string): void {
    if (!this.gone) {
      this.gone = true;
      this.stopWatching();
      this.child.kill('SIGKILL');
      this.onGone();
    }
    this.settle()?.reject(new HubError('DECODING_FAILED', why));
  }
}

/** What is stored cannot be read: never a fault of the request. */
function hubCodeOf(code: FrameFailureCode): ErrorCode {
  if (code === 'NO_SUCH_FRAME') return 'NOT_FOUND';
  return code === 'INTERNAL' ? code : 'DECODING_FAILED';
}
