/** Resident memory of another process, from Linux's /proc: a child that blocks in native code cannot report on itself. */
import { readFile } from 'node:fs/promises';

/** VmRSS in MiB; undefined when the process is gone or the system has no /proc (then only the heap limit holds). */
export async function residentMiBOf(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'latin1');
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}

/** Calls `onExceeded` once when the process grows beyond the limit; returns the function that ends the watch. */
export function watchResidentMemory(pid: number, limitMiB: number, onExceeded: () => void): () => void {
  const intervalMs = 50;
  let ended = false;
  const timer = setInterval(() => {
    void residentMiBOf(pid).then((residentMiB) => {
      if (ended || residentMiB === undefined || residentMiB <= limitMiB) return;
      stop();
      onExceeded();
    });
  }, intervalMs);
  const stop = (): void => {
    ended = true;
    clearInterval(timer);
  };
  return stop;
}
