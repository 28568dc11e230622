/** Timers as a port beside `Clock`, so that tests move time by hand instead of waiting. */

export const SCHEDULER = Symbol('Scheduler');

export interface Scheduler {
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}
