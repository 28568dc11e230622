/**
 * When the images of a series may go. Image copies are gone at the latest so many days after the last delivery of what was
 * made of them; what nothing was made of stays so many days after its reception; what is in use stays. Pure, in UTC.
 */
import type { RetentionRuleName } from '@modelbank/contracts';

const DAY_MS = 86_400_000;

/** Of a protocol, or of the configuration. */
export interface RetentionPeriods {
  readonly protocolId: string | null;
  readonly afterDeliveryDays: number;
  readonly unassignedDays: number;
  readonly keepAsPriorDays: number | null;
}

/** What is known of the use of a series. */
export interface SeriesUse {
  readonly lastReceivedAt: Date;
  /** Waits for assembly, a run, a result or a delivery. */
  readonly isInUse: boolean;
  /** When the last result was delivered; null unless all that was made of it was, and nothing of it waits for a person. */
  readonly lastDeliveredAt: Date | null;
}

export interface RetentionVerdict {
  readonly rule: RetentionRuleName;
  readonly days: number;
  readonly protocolId: string | null;
  readonly countedFrom: Date;
  /** Null while it is in use. */
  readonly dueAt: Date | null;
}

export function judgeRetention(use: SeriesUse, periods: RetentionPeriods): RetentionVerdict {
  const { lastReceivedAt, lastDeliveredAt, isInUse } = use;
  const { protocolId, afterDeliveryDays, unassignedDays, keepAsPriorDays } = periods;
  const rule = lastDeliveredAt === null ? 'unassigned' : 'afterDelivery';
  const days = rule === 'unassigned' ? unassignedDays : afterDeliveryDays;
  // what came again after its delivery is kept as long as what has just been delivered
  const countedFrom = laterOf(lastReceivedAt, lastDeliveredAt);
  const asPrior = keepAsPriorDays === null ? null : daysAfter(lastReceivedAt, keepAsPriorDays);
  const dueAt = isInUse ? null : laterOf(daysAfter(countedFrom, days), asPrior);
  return { rule, days, protocolId, countedFrom, dueAt };
}

/**
 * `afterDelivery` is a longest time: the last sweep before it is over takes the images. `unassigned` is a time that a centre
 * may rely on: only a sweep after it does.
 */
export function isDue({ rule, dueAt }: RetentionVerdict, now: Date, sweepEveryMs: number): boolean {
  if (dueAt === null) return false;
  const ahead = rule === 'afterDelivery' ? sweepEveryMs : 0;
  return dueAt.getTime() - ahead <= now.getTime();
}

/** For what went to several protocols: each needs it as long as it says. */
export function longestOf(periods: readonly RetentionPeriods[]): RetentionPeriods {
  return periods.reduce((a, b) => ({
    protocolId: a.protocolId ?? b.protocolId,
    afterDeliveryDays: Math.max(a.afterDeliveryDays, b.afterDeliveryDays),
    unassignedDays: Math.max(a.unassignedDays, b.unassignedDays),
    keepAsPriorDays: longerOf(a.keepAsPriorDays, b.keepAsPriorDays),
  }));
}

export function daysAfter(moment: Date, days: number): Date {
  return new Date(moment.getTime() + days * DAY_MS);
}

function laterOf(a: Date, b: Date | null): Date {
  return b !== null && b > a ? b : a;
}

function longerOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
