/** Runs the builder in a worker thread of its own and waits for its answer, for at most `timeoutMs`. */
import { Worker } from 'node:worker_threads';
import { HubError } from '@modelbank/contracts';
import { compiledEntry } from '@modelbank/platform';
import type { BuildAnswer, BuildRequest } from './build-request';

const ENTRY = 'apps/hub/src/results/structure-set.worker.ts';

export function buildInThread(request: BuildRequest, timeoutMs: number): Promise<BuildAnswer> {
  const worker = new Worker(compiledEntry(ENTRY), { workerData: request });
  return new Promise<BuildAnswer>((resolve, reject) => {
    const timer = setTimeout(() => reject(new HubError('INTERNAL', 'the builder of results took too long')), timeoutMs);
    worker.once('message', (answer: BuildAnswer) => resolve(answer));
    worker.once('error', (cause) => reject(new HubError('INTERNAL', 'the builder of results failed', { cause })));
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new HubError('INTERNAL', 'the builder of results ended without an answer'));
    });
  }).finally(() => worker.terminate());
}
