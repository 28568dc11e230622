/** The days of each rule, to the hour; in UTC, so that no change of clocks makes a day longer or shorter. */
import { daysAfter, isDue, judgeRetention, longestOf } from './judge-retention';
import type { RetentionPeriods, SeriesUse } from './judge-retention';

const HOUR_MS = 3_600_000;
const STANDARD: RetentionPeriods = {
  protocolId: null,
  afterDeliveryDays: 30,
  unassignedDays: 180,
  keepAsPriorDays: null,
};
// clocks in Denmark change on 29 March 2026
const RECEIVED = new Date('2026-03-10T23:30:00.000Z');
const DELIVERED = new Date('2026-03-11T00:30:00.000Z');
const use = (more: Partial<SeriesUse> = {}): SeriesUse => ({
  ...{ lastReceivedAt: RECEIVED, lastDeliveredAt: DELIVERED, isInUse: false },
  ...more,
});
const dueAfter = (of: SeriesUse, periods: RetentionPeriods, moment: Date) =>
  isDue(judgeRetention(of, periods), moment, HOUR_MS);

describe('image copies', () => {
  it.each([
    [29, false],
    [30 - 2 / 24, false],
    [30 - 1 / 24, true],
    [30, true],
    [31, true],
  ])('%d days after delivery: due is %p', (days, expected) => {
    expect(dueAfter(use(), STANDARD, daysAfter(DELIVERED, days))).toBe(expected);
  });

  it('are counted from the last delivery, or from what came again after it', () => {
    expect(judgeRetention(use(), STANDARD)).toMatchObject({ rule: 'afterDelivery', countedFrom: DELIVERED });
    const again = daysAfter(DELIVERED, 10);
    expect(judgeRetention(use({ lastReceivedAt: again }), STANDARD)).toMatchObject({
      countedFrom: again,
      dueAt: daysAfter(again, 30),
    });
  });

  it('stay as long as their protocol compares with them', () => {
    const screening = { ...STANDARD, protocolId: 'screening', keepAsPriorDays: 760 };
    expect(judgeRetention(use(), screening).dueAt).toEqual(daysAfter(RECEIVED, 760));
    const short = { ...STANDARD, keepAsPriorDays: 3 };
    expect(judgeRetention(use(), short).dueAt).toEqual(daysAfter(DELIVERED, 30));
  });
});

describe('what nothing was made of', () => {
  it.each([
    [179, false],
    [180 - 1 / 86_400_000, false],
    [180, true],
    [181, true],
  ])('%d days after reception: due is %p', (days, expected) => {
    expect(dueAfter(use({ lastDeliveredAt: null }), STANDARD, daysAfter(RECEIVED, days))).toBe(expected);
  });
});

it('what is in use is never due', () => {
  for (const lastDeliveredAt of [null, DELIVERED]) {
    const verdict = judgeRetention(use({ isInUse: true, lastDeliveredAt }), STANDARD);
    expect(isDue(verdict, daysAfter(RECEIVED, 5000), HOUR_MS)).toBe(false);
  }
});

it('of several protocols each gets what it needs', () => {
  const a = { protocolId: 'a', afterDeliveryDays: 10, unassignedDays: 200, keepAsPriorDays: null };
  const b = { protocolId: null, afterDeliveryDays: 30, unassignedDays: 180, keepAsPriorDays: 400 };
  const longest = { protocolId: 'a', afterDeliveryDays: 30, unassignedDays: 200, keepAsPriorDays: 400 };
  expect(longestOf([a, b])).toEqual(longest);
  expect(longestOf([b, a])).toEqual(longest);
});
