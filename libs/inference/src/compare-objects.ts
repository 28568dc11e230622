/** Compares two stored objects of one SOP Instance UID, in the child that may touch pixels. */
import type { ContentComparisonOutcome, JobInstance } from '@modelbank/contracts';
import { runChild } from './run-child';
import type { RunChildOptions } from './run-child';

/** Both objects are held at once: 2 GiB is also what one object may have at most. */
const LIMITS: RunChildOptions = { timeoutMs: 60_000, memoryMiB: 2048 };

/** Rejects like `runChild`: then nobody knows whether they are the same. */
export function compareObjects(
  first: JobInstance,
  second: JobInstance,
  options: Partial<RunChildOptions> = {},
): Promise<ContentComparisonOutcome> {
  return runChild({ kind: 'compareContent', first, second }, { ...LIMITS, ...options });
}
