/** What a structure set of a stranger holds, read in a child process. */
import type { JobInstance, StructureSetInspection } from '@modelbank/contracts';
import { runChild } from './run-child';
import type { RunChildOptions } from './run-child';

const LIMITS: RunChildOptions = { timeoutMs: 60_000, memoryMiB: 2048 };

/** Rejects like `runChild`, with STRUCTURE_SET_UNREADABLE where its contours cannot be trusted. */
export function inspectStructureSet(
  instance: JobInstance,
  options: Partial<RunChildOptions> = {},
): Promise<StructureSetInspection> {
  return runChild({ kind: 'inspectStructureSet', instance }, { ...LIMITS, ...options });
}
