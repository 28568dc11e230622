/** Prints what a race came to: the first contender is ours, and every ratio says how many times as fast it was. */
import type { Standing } from './race';

export function printStandings(title: string, standings: readonly Standing[], bytes: number): void {
  const [ours] = standings;
  process.stdout.write(`\n${title}\n`);
  for (const { name, seconds, medianSeconds, cpuSeconds, peakMib } of standings) {
    const spread = `${Math.min(...seconds).toFixed(2)}-${Math.max(...seconds).toFixed(2)} s`;
    const columns = [
      name.padEnd(24),
      `${medianSeconds.toFixed(2).padStart(7)} s`,
      `(${spread})`.padEnd(16),
      `${(bytes / 1e6 / medianSeconds).toFixed(0).padStart(5)} MB/s`,
      `CPU ${cpuSeconds.toFixed(2).padStart(6)} s`,
      `peak ${peakMib.toFixed(0).padStart(5)} MiB`,
      `ours is ${(medianSeconds / ours.medianSeconds).toFixed(2)} times as fast`,
    ];
    process.stdout.write(`${columns.join('  ')}\n`);
  }
}
