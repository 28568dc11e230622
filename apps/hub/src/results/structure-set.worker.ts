/** The builder thread's entry: one request in, one answer out; a rejection ends the thread with an error. */
import { parentPort, workerData } from 'node:worker_threads';
import { buildStructureSet } from './build-structure-set';
import type { BuildRequest } from './build-request';

void buildStructureSet(workerData as BuildRequest).then((answer) => parentPort?.postMessage(answer));
