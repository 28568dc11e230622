/**
 * How often something may be done for somebody: so many times at once, then once in a while (a token bucket for each key).
 * For what a stranger can cause, such as a row in the journal. The keys that are remembered are bounded too.
 */

export interface AllowanceRules {
  readonly atOnce: number;
  /** After which one more is allowed. */
  readonly oneMoreAfterMs: number;
  /** Keys remembered; the one that was asked for longest ago is forgotten. */
  readonly mostKeys: number;
}

interface Bucket {
  left: number;
  filledAtMs: number;
}

export class Allowance {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly rules: AllowanceRules) {}

  /** True, and counted, when it may be done now. */
  take(key: string, nowMs: number): boolean {
    const bucket = this.filled(key, nowMs);
    const isAllowed = bucket.left >= 1;
    if (isAllowed) bucket.left -= 1;
    return isAllowed;
  }

  private filled(key: string, nowMs: number): Bucket {
    const { atOnce, oneMoreAfterMs, mostKeys } = this.rules;
    const bucket = this.buckets.get(key) ?? { left: atOnce, filledAtMs: nowMs };
    bucket.left = Math.min(atOnce, bucket.left + (nowMs - bucket.filledAtMs) / oneMoreAfterMs);
    bucket.filledAtMs = nowMs;
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > mostKeys) this.buckets.delete([...this.buckets.keys()][0]);
    return bucket;
  }
}
