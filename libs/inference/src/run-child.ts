/**
 * Runs one request in a child process and answers for its end: time, memory, abort and crash all become one HubError.
 *
 * Why a process: ONNX Runtime blocks the event loop while it runs and a worker thread cannot be ended during a run without
 * taking the hub along; decoders of compressed pixels work on bytes of strangers. A process can always be killed.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { HubError } from '@modelbank/contracts';
import type { ChildStage, ErrorCode } from '@modelbank/contracts';
import { compiledEntry } from '@modelbank/platform';
import { withAbsolutePaths } from './absolute-paths';
import { parseChildMessage } from './child-messages';
import type { AnswerOf, ChildAnswer, ChildMessage, ChildRequest } from './child-messages';

import { watchResidentMemory } from './process-memory';

export interface RunChildOptions {
  readonly timeoutMs: number;
  readonly memoryMiB: number;
  readonly signal?: AbortSignal;
  readonly onStage?: (stage: ChildStage) => void;
  /** The JavaScript file to run instead of the compiled child; tests use it. */
  readonly entry?: string;
}

/** Runs the request; rejects with a HubError when the child fails, hangs, grows too large, dies or is aborted. */
export async function runChild<R extends ChildRequest>(request: R, options: RunChildOptions): Promise<AnswerOf<R>> {
  if (options.signal?.aborted) throw aborted();
  const answer = await new ChildRun(request, options).ended;
  if (answer.kind !== request.kind) throw new HubError('INTERNAL', 'the child answered another request');
  return answer as AnswerOf<R>;
}

/** One child from fork to exit. The first thing that goes wrong decides the error; the promise settles when it is gone. */
class ChildRun {
  readonly ended: Promise<ChildAnswer>;
  private readonly child: ChildProcess;
  private failure?: HubError;
  private answer?: ChildAnswer;
  private lastStage?: ChildStage['stage'];
  private readonly stderr = new BoundedTail(16_384);
  private readonly cleanups: (() => void)[] = [];

  constructor(
    private readonly request: ChildRequest,
    private readonly options: RunChildOptions,
  ) {
    this.child = forkChild(options);
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', () =>
        this.kill('INFERENCE_CRASHED', 'the inference process could not be started or reached'),
      );
      this.child.once('close', (code, signal) => {
        for (const cleanup of this.cleanups) cleanup();
        if (this.failure === undefined && this.answer !== undefined) resolve(this.answer);
        else reject(this.failure ?? this.crash(code, signal));
      });
    });
    this.watch();
  }

  private watch(): void {
    const { timeoutMs, memoryMiB, signal } = this.options;
    const seconds = Math.round(timeoutMs / 100) / 10;
    const timer = setTimeout(() => this.kill('INFERENCE_TIMEOUT', `no result within ${seconds} s`), timeoutMs);
    this.cleanups.push(() => clearTimeout(timer));
    if (this.child.pid !== undefined) {
      const onExceeded = (): void => this.kill('INFERENCE_OUT_OF_MEMORY', `used more than ${memoryMiB} MiB`);
      this.cleanups.push(watchResidentMemory(this.child.pid, memoryMiB, onExceeded));
    }
    const onAbort = (): void => this.fail(aborted());
    signal?.addEventListener('abort', onAbort, { once: true });
    this.cleanups.push(() => signal?.removeEventListener('abort', onAbort));
    this.child.stderr?.on('data', (chunk: Buffer) => this.stderr.push(chunk));
    this.child.on('message', (value) => this.receive(parseChildMessage(value)));
  }

  private receive(message: ChildMessage | undefined): void {
    if (message === undefined) return this.kill('INTERNAL', 'the child sent a message that is none of ours');
    if (message.type === 'ready') {
      this.child.send(withAbsolutePaths(this.request), (error) => {
        if (error !== null) this.kill('INFERENCE_CRASHED', 'the child did not take its request');
      });
    } else if (message.type === 'stage') {
      this.lastStage = message.stage.stage;
      this.options.onStage?.(message.stage);
    } else if (message.type === 'failed') {
      this.failure ??= new HubError(message.code, message.message);
      this.exitSoon();
    } else {
      this.answer ??= message.outcome;
      this.exitSoon();
    }
  }

  /** The child ends by itself after its last message; one that lingers in native code is ended. */
  private exitSoon(): void {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 2000);
    this.cleanups.push(() => clearTimeout(timer));
  }

  private kill(code: ErrorCode, message: string): void {
    this.fail(new HubError(code, message));
  }

  private fail(error: HubError): void {
    if (this.answer !== undefined) return;
    this.failure ??= error;
    this.child.kill('SIGKILL');
    if (this.child.pid === undefined) this.child.emit('close', null, null);
  }

  private crash(code: number | null, signal: NodeJS.Signals | null): HubError {
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    const after = this.lastStage === undefined ? 'before its first stage' : `after stage "${this.lastStage}"`;
    if (/heap out of memory|allocation failed/i.test(this.stderr.text())) {
      return new HubError('INFERENCE_OUT_OF_MEMORY', `ended for want of memory ${after}`);
    }
    return new HubError('INFERENCE_CRASHED', `ended with ${how} ${after}`);
  }
}

function forkChild(options: RunChildOptions): ChildProcess {
  return fork(options.entry ?? compiledEntry('libs/inference/src/child-main.ts'), [String(process.pid)], {
    env: childEnvironment(process.env),
    // ONNX Runtime reads weights that a network keeps in files from the working folder: there shall be none to read
    cwd: __dirname,
    execArgv: [`--max-old-space-size=${heapMiB(options.memoryMiB)}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

/** Voxels lie outside the JavaScript heap; what is inside stays small, and one that grows is a defect to stop early. */
function heapMiB(memoryMiB: number): number {
  return Math.max(64, Math.min(Math.floor(memoryMiB / 2), 1024));
}

/** Nothing of the hub's environment (tokens, passwords) reaches the child; only what finds a GPU's libraries. */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = ['LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES'];
  const kept = passed.filter((name) => environment[name] !== undefined).map((name) => [name, environment[name]]);
  return { ...Object.fromEntries(kept), LANG: 'C', TZ: 'UTC' };
}

function aborted(): HubError {
  return new HubError('LEASE_LOST', 'the run was aborted');
}

/** The last bytes of a stream. They may quote data of a patient: read here to tell a cause, never logged or passed on. */
class BoundedTail {
  private tail = Buffer.alloc(0);

  constructor(private readonly limit: number) {}

  push(chunk: Buffer): void {
    this.tail = Buffer.concat([this.tail, chunk]).subarray(-this.limit);
  }

  text(): string {
    return this.tail.toString('latin1');
  }
}
