/** From readings to a standing, with hysteresis: what became full is not well again before there is clearly more room. */
import type { StorageStanding, VolumeReading } from '@modelbank/contracts';

export interface StorageLines {
  readonly maxUsedPercent: number;
  readonly minFreeBytes: number;
}

/** How much better than its line a volume must be before senders may begin again. */
const BETTER_PERCENT = 2;
const BETTER_FACTOR = 1.1;

export function judgeVolumes(
  volumes: readonly VolumeReading[],
  lines: StorageLines,
  wasFull: boolean,
): StorageStanding {
  const { maxUsedPercent, minFreeBytes } = lines;
  const limits = wasFull
    ? { maxUsedPercent: maxUsedPercent - BETTER_PERCENT, minFreeBytes: minFreeBytes * BETTER_FACTOR }
    : lines;
  const reasons = volumes.flatMap(({ part, usedPercent, freeBytes }) => {
    // a line of 100 % or 0 bytes is no line
    if (maxUsedPercent < 100 && usedPercent > limits.maxUsedPercent) {
      return [`the file system of the ${part} is ${usedPercent.toFixed(1)} % full`];
    }
    if (minFreeBytes > 0 && freeBytes < limits.minFreeBytes) {
      return [`the file system of the ${part} has ${mebibytes(freeBytes)} MiB left`];
    }
    return [];
  });
  if (reasons.length === 0) return { condition: 'ok', reason: null, volumes };
  return { condition: 'full', reason: reasons.join('; '), volumes };
}

/** Room on the tightest file system, the database's without what is announced: that goes to the objects. */
export function leastRoom(volumes: readonly VolumeReading[], announcedBytes: number): number {
  const free = volumes.map(({ part, freeBytes }) => (part === 'objects' ? freeBytes - announcedBytes : freeBytes));
  return Math.min(Number.POSITIVE_INFINITY, ...free);
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
