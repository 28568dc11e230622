/** What a process and its children used, from /proc (Linux): CPU seconds, and the peak of its resident memory. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const CLOCK_TICKS_PER_SECOND = 100;

export interface Usage {
  readonly cpuSeconds: number;
  readonly peakMib: number;
}

/** Starts a new count of the peak. */
export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Since the process started (CPU), since `resetPeak` (memory). Worker processes of the same group count with their parent. */
export function usageOf(pid: number): Usage {
  const all = [pid, ...childrenOf(pid)];
  return {
    cpuSeconds: sum(all.map(cpuSecondsOf)),
    peakMib: sum(all.map(peakMibOf)),
  };
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statOf(Number(name))?.[1] === String(pid))
    .map(Number);
}

function cpuSecondsOf(pid: number): number {
  const fields = statOf(pid);
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

function peakMibOf(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(textOf(`/proc/${pid}/status`));
  return Number(line?.[1] ?? 0) / 1024;
}

/** Fields of /proc/pid/stat behind the name: state, parent, ... (proc(5)). */
function statOf(pid: number): string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Empty for a process that has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
