/** Splits a loop of too many points along a chord: both parts walk the chord, so their XOR is the loop itself. */
import type { Loop } from './loop';

/** How many starting points are tried for the shortest chord. */
const TRIED_STARTS = 64;

/** Loops of at most `maximumPoints` points whose XOR is the given loop. */
export function splitLoop(loop: Loop, maximumPoints: number): Loop[] {
  const count = loop.length / 2;
  if (count <= maximumPoints) return [loop];
  const [from, to] = shortestChord(loop, count);
  const inside = loop.slice(2 * from, 2 * to + 2);
  const outside = new Float64Array(loop.length - 2 * (to - from) + 2);
  outside.set(loop.subarray(0, 2 * from + 2), 0);
  outside.set(loop.subarray(2 * to), 2 * from + 2);
  return [...splitLoop(inside, maximumPoints), ...splitLoop(outside, maximumPoints)];
}

/** The shortest chord tried that leaves at least a third of the points on either side. */
function shortestChord(loop: Loop, count: number): [number, number] {
  const step = Math.max(1, Math.floor(count / TRIED_STARTS));
  const third = Math.floor(count / 3);
  let best: [number, number] = [0, Math.floor(count / 2)];
  let shortest = Infinity;
  for (let from = 0; from + third < count; from += step) {
    for (let to = from + third; to < Math.min(from + count - third, count); to++) {
      const squared = (loop[2 * to] - loop[2 * from]) ** 2 + (loop[2 * to + 1] - loop[2 * from + 1]) ** 2;
      if (squared < shortest && squared > 0) {
        shortest = squared;
        best = [from, to];
      }
    }
  }
  return best;
}
