/** Time as an argument: the monotonic clock and the alarms that associations use, so that tests need not wait. */

export type CancelAlarm = () => void;

export interface Timers {
  monotonicMs(): number;
  /** Calls `action` once after `delayMs`, unless cancelled. */
  after(delayMs: number, action: () => void): CancelAlarm;
}

export const systemTimers: Timers = {
  monotonicMs: () => performance.now(),
  after: (delayMs, action) => {
    const handle = setTimeout(action, delayMs);
    return () => clearTimeout(handle);
  },
};
