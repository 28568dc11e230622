import { Allowance } from './allowance';

const rules = { atOnce: 3, oneMoreAfterMs: 1_000, mostKeys: 2 };

it('allows some at once, then one in a while, for each key by itself', () => {
  const allowance = new Allowance(rules);
  expect([0, 0, 0, 0].map((now) => allowance.take('a', now))).toEqual([true, true, true, false]);
  expect(allowance.take('b', 0)).toBe(true);
  expect(allowance.take('a', 999)).toBe(false);
  expect(allowance.take('a', 1_000)).toBe(true);
  expect(allowance.take('a', 1_001)).toBe(false);
});

it('never allows more at once than that, however long it was quiet', () => {
  const allowance = new Allowance(rules);
  const later = 1e9;
  expect([0, later, later, later, later].map((now) => allowance.take('a', now))).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
});

it('remembers so many keys and no more', () => {
  const allowance = new Allowance(rules);
  [0, 0, 0].forEach((now) => allowance.take('a', now));
  ['b', 'c'].forEach((key) => allowance.take(key, 0));
  expect(allowance.take('a', 0)).toBe(true);
});
