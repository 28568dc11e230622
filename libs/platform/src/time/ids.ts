/**
 * UUIDv7 (RFC 9562 5.7): ids that sort in the order in which they were made, so that a queue can be read by its key.
 * Within a millisecond, and when the wall clock steps back, a 12-bit counter keeps the order (RFC 9562 6.2, method 1).
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '@modelbank/contracts';

export type RandomBytes = (length: number) => Uint8Array;

const COUNTER_MAX = 0xfff;
const last = new WeakMap<Clock, { millisecond: number; counter: number }>();

/** The system is asked for many bytes at once: asking costs more than the bytes. */
const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
function pooledBytes(length: number): Uint8Array {
  if (pool.length < length) pool = randomBytes(POOL_BYTES);
  const bytes = pool.subarray(0, length);
  pool = pool.subarray(length);
  return bytes;
}

/** A new id, larger than every id made before with this clock. */
export function uuidv7(clock: Clock, random: RandomBytes = pooledBytes): string {
  const { millisecond, counter } = next(clock, random);
  const tail = random(8);
  const hex = [
    millisecond.toString(16).padStart(12, '0'),
    `7${counter.toString(16).padStart(3, '0')}`,
    (0x80 | (tail[0] & 0x3f)).toString(16) + hexOf(tail.subarray(1)),
  ].join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function next(clock: Clock, random: RandomBytes): { millisecond: number; counter: number } {
  const now = clock.now().getTime();
  const previous = last.get(clock);
  const state =
    previous === undefined || now > previous.millisecond
      ? { millisecond: now, counter: seed(random) }
      : previous.counter < COUNTER_MAX
        ? { millisecond: previous.millisecond, counter: previous.counter + 1 }
        : { millisecond: previous.millisecond + 1, counter: 0 };
  last.set(clock, state);
  return state;
}

/** The counter starts low enough to rise at least 2048 times within its millisecond. */
function seed(random: RandomBytes): number {
  const bytes = random(2);
  return ((bytes[0] << 8) | bytes[1]) & 0x7ff;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
