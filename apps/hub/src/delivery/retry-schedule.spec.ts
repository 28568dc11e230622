import { DeliveryConfiguration } from '@modelbank/platform';
import { nextAttemptAt } from './retry-schedule';

const createdAt = new Date('2026-11-22T08:00:00.000Z');
const settings = new DeliveryConfiguration();
const minutes = (n: number) => new Date(createdAt.getTime() + n * 60_000);

describe('the retry schedule of deliveries', () => {
  it.each([
    [1, 1],
    [2, 5],
    [3, 15],
    [4, 60],
    [5, 60],
    [200, 60],
  ])('waits after %i failures for %i minutes', (failures, waitMinutes) => {
    expect(nextAttemptAt(failures, createdAt, createdAt, settings)).toEqual(minutes(waitMinutes));
  });

  it.each([
    ['just inside 14 days', 14 * 24 * 60 - 60, true],
    ['just past 14 days', 14 * 24 * 60 - 59, false],
  ])('%s', (_title, failedAtMinute, triesAgain) => {
    const next = nextAttemptAt(9, createdAt, minutes(failedAtMinute), settings);
    expect(next !== null).toBe(triesAgain);
  });
});
