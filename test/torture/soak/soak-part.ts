/** What every part of the soak is given and gives: a seed and a budget, figures and deviations. */

export interface SoakOptions {
  readonly seed: number;
  /** Mutated inputs in all. */
  readonly inputs: number;
  /** For the parts that repeat rows, each. */
  readonly minutes: number;
  readonly say: (line: string) => void;
}

export interface SoakOutcome {
  readonly figures: Readonly<Record<string, number | string>>;
  /** None when it held. */
  readonly deviations: readonly string[];
}

export const MIB = 1024 * 1024;
export const MOST_GROWTH_BYTES = 256 * MIB;
/** An input may take that much CPU time, no more. */
export const MOST_MS = 1_000;
