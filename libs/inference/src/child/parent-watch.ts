/**
 * Ends this process when the hub that started it is gone. The main thread may sit in native code for a minute, where no
 * 'disconnect' event arrives, so a worker thread looks at the parent's process id.
 */
import { Worker } from 'node:worker_threads';

const WATCH = `
const { workerData } = require('node:worker_threads');
setInterval(() => {
  if (process.ppid !== workerData.parentPid) process.kill(process.pid, 'SIGKILL');
}, 500);
`;

/** Starts the watch; it does not keep the process alive. */
export function dieWithParent(parentPid: number): void {
  if (process.ppid !== parentPid) process.exit(1);
  new Worker(WATCH, { eval: true, workerData: { parentPid } }).unref();
  process.once('disconnect', () => process.exit(1));
}
