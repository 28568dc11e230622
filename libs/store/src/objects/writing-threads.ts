/** The writing threads of one object folder: started when first needed, restarted when one dies, ended with the store. */
import { Worker } from 'node:worker_threads';
import { compiledEntry } from '@modelbank/platform';
import type { WritingAnswer, WritingRequest } from './writing-messages';

const ENTRY = 'libs/store/src/objects/writing.worker.ts';
/** Two, so that one object's fsync does not stand in the way of another's bytes. */
const THREADS = 2;
/** A slice of a CT is two pieces: the first is written while the second arrives. */
export const PIECE_BYTES = 327_680;
/** The threads keep nothing but file handles. */
const SMALL_HEAP = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 16 };
const MOST_SPARE_BUFFERS = 16;

/** Gets the answers to the requests of one upload, in their order. */
export interface AnswerListener {
  answered(answer: WritingAnswer): void;
  /** The thread died: nothing more will be answered. */
  lost(cause: unknown): void;
}

interface Thread {
  readonly worker: Worker;
  readonly listeners: Map<number, AnswerListener>;
}

export class WritingThreads {
  private readonly threads: (Thread | undefined)[] = Array.from({ length: THREADS });
  private readonly spare: ArrayBuffer[] = [];
  private lastUpload = 0;

  /** A lane to one of the threads for one upload; `close` when no answer is awaited any more. */
  open(listener: AnswerListener): WritingLane {
    const upload = ++this.lastUpload;
    const at = upload % THREADS;
    const thread = (this.threads[at] ??= this.start(at));
    thread.listeners.set(upload, listener);
    return {
      upload,
      post: (request) => thread.worker.postMessage(request, request.kind === 'piece' ? [request.buffer] : []),
      close: () => void thread.listeners.delete(upload),
    };
  }

  takeBuffer(): ArrayBuffer {
    return this.spare.pop() ?? new ArrayBuffer(PIECE_BYTES);
  }

  giveBack(buffer: ArrayBuffer): void {
    if (this.spare.length < MOST_SPARE_BUFFERS) this.spare.push(buffer);
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread?.worker.terminate()));
  }

  private start(at: number): Thread {
    const worker = new Worker(compiledEntry(ENTRY), { resourceLimits: SMALL_HEAP });
    const listeners = new Map<number, AnswerListener>();
    worker.unref();
    worker.on('message', (answer: WritingAnswer) => {
      if (answer.buffer) this.giveBack(answer.buffer);
      listeners.get(answer.upload)?.answered(answer);
    });
    const lost = (cause: unknown): void => {
      this.threads[at] = undefined;
      for (const listener of listeners.values()) listener.lost(cause);
      listeners.clear();
    };
    worker.on('error', lost);
    worker.on('exit', (code) => lost(new Error(`a writing thread ended with code ${code}`)));
    return { worker, listeners };
  }
}

export interface WritingLane {
  readonly upload: number;
  post(request: WritingRequest): void;
  close(): void;
}
