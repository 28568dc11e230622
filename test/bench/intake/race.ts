/** Interleaved rounds: every contender once per round, so that a busy moment of the machine hits all of them. */
import { resetPeak, usageOf } from './process-usage';

export interface Contender {
  readonly name: string;
  /** The server (or the sender, where senders race) whose CPU and memory count. */
  readonly pid: number | undefined;
  /** Sends what `prepare` made for this round. */
  run(round: number): Promise<void>;
}

export interface Standing {
  readonly name: string;
  readonly seconds: readonly number[];
  readonly medianSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMib: number;
}

/** Runs `rounds` rounds after one that does not count (compilers and caches warm up in it). */
export async function race(
  contenders: readonly Contender[],
  rounds: number,
  prepare: (round: number) => Promise<void>,
): Promise<Standing[]> {
  const seconds = contenders.map((): number[] => []);
  const cpu = contenders.map((): number[] => []);
  for (const { pid } of contenders) if (pid !== undefined) resetPeak(pid);
  for (let round = 0; round <= rounds; round += 1) {
    await prepare(round);
    for (const [index, contender] of rotated(contenders, round)) {
      const before = contender.pid === undefined ? undefined : usageOf(contender.pid);
      const startMs = performance.now();
      await contender.run(round);
      const took = (performance.now() - startMs) / 1_000;
      if (round === 0) continue;
      seconds[index].push(took);
      if (contender.pid !== undefined) cpu[index].push(usageOf(contender.pid).cpuSeconds - (before?.cpuSeconds ?? 0));
    }
  }
  return contenders.map(({ name, pid }, index) => ({
    name,
    seconds: seconds[index],
    medianSeconds: median(seconds[index]),
    cpuSeconds: cpu[index].length === 0 ? NaN : median(cpu[index]),
    peakMib: pid === undefined ? NaN : usageOf(pid).peakMib,
  }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Nobody is always the first. */
function rotated<T>(items: readonly T[], by: number): [number, T][] {
  return items.map((_, index) => {
    const at = (index + by) % items.length;
    return [at, items[at]];
  });
}
