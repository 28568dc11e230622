/** The facts that selection rules ask of the image itself, measured once per series, in the child that may touch pixels. */
import type { ImageFactsOutcome, JobInstance } from '@modelbank/contracts';
import { runChild } from './run-child';
import type { RunChildOptions } from './run-child';

const LIMITS: RunChildOptions = { timeoutMs: 120_000, memoryMiB: 4096 };

/** Decodes the series and measures it; rejects like `runChild`. */
export function measureImageFacts(
  instances: readonly JobInstance[],
  options: Partial<RunChildOptions> = {},
): Promise<ImageFactsOutcome> {
  return runChild({ kind: 'imageFacts', instances }, { ...LIMITS, ...options });
}
