/** UUIDv7: shape, order, order under a clock that stands still or steps back. */
import type { Clock } from '@modelbank/contracts';
import { uuidv7 } from './ids';

const clockAt = (ms: number) => {
  const state = { ms };
  const clock: Clock = { now: () => new Date(state.ms), monotonicMs: () => state.ms };
  return { clock, state };
};

describe('uuidv7', () => {
  it('has the time, the version and the variant of RFC 9562', () => {
    const { clock } = clockAt(0x0123456789ab);
    expect(uuidv7(clock, (length) => new Uint8Array(length).fill(0xff))).toBe('01234567-89ab-77ff-bfff-ffffffffffff');
    expect(uuidv7(clock, (length) => new Uint8Array(length))).toBe('01234567-89ab-7800-8000-000000000000');
  });

  it('rises while the clock stands still, for longer than the counter', () => {
    const { clock } = clockAt(1_700_000_000_000);
    const ids = Array.from({ length: 10_000 }, () => uuidv7(clock));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('rises although the clock steps back', () => {
    const { clock, state } = clockAt(1_700_000_000_000);
    const before = uuidv7(clock);
    state.ms -= 60_000;
    const after = uuidv7(clock);
    expect(after > before).toBe(true);
  });
});
