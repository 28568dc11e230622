/**
 * When a delivery is tried again: a closed hospital firewall heals in minutes, a PACS upgrade in days. After `giveUpAfterDays`
 * it is parked for a person; it is never dropped.
 */
const DAY_MS = 24 * 60 * 60_000;

export interface RetrySettings {
  /** After the first, second, ... failed attempt; the last one repeats. */
  readonly retryAfterMs: readonly number[];
  readonly giveUpAfterDays: number;
}

/**
 * The time of the next attempt after `failedAttempts` failures (1 or more); null when the time is used up and a person
 * must look at it.
 */
export function nextAttemptAt(
  failedAttempts: number,
  createdAt: Date,
  now: Date,
  settings: RetrySettings,
): Date | null {
  const { retryAfterMs, giveUpAfterDays } = settings;
  const waitMs = retryAfterMs[Math.min(failedAttempts, retryAfterMs.length) - 1];
  const next = new Date(now.getTime() + waitMs);
  return next.getTime() - createdAt.getTime() > giveUpAfterDays * DAY_MS ? null : next;
}
