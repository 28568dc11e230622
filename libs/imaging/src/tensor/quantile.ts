/** Exact quantiles of many values without sorting them: two passes of counting over the bits of each value. */

/** The same numbers as numpy's default: linear between the two order statistics around `q * (n - 1)`. */
export function quantiles(values: Float32Array, fractions: readonly number[]): number[] {
  if (values.length === 0) return fractions.map(() => NaN);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const counts = countHighHalves(bits);
  return fractions.map((fraction) => {
    const position = Math.max(0, Math.min(1, fraction)) * (values.length - 1);
    const rank = Math.floor(position);
    const lower = orderStatistic(bits, counts, rank);
    const remainder = position - rank;
    return remainder === 0 ? lower : lower + remainder * (orderStatistic(bits, counts, rank + 1) - lower);
  });
}

/** Ascending unsigned keys sort as the floats do: negative numbers are inverted, positive ones raised above them. */
function keyOf(bits: number): number {
  return (bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0;
}

function countHighHalves(bits: Uint32Array): Uint32Array {
  const counts = new Uint32Array(65536);
  for (let index = 0; index < bits.length; index++) counts[keyOf(bits[index]) >>> 16]++;
  return counts;
}

function orderStatistic(bits: Uint32Array, highCounts: Uint32Array, rank: number): number {
  const [high, left] = bucketOf(highCounts, rank);
  const lowCounts = new Uint32Array(65536);
  for (let index = 0; index < bits.length; index++) {
    const key = keyOf(bits[index]);
    if (key >>> 16 === high) lowCounts[key & 0xffff]++;
  }
  const key = ((high << 16) | bucketOf(lowCounts, left)[0]) >>> 0;
  const original = key & 0x80000000 ? key & 0x7fffffff : ~key;
  return new Float32Array(Uint32Array.of(original >>> 0).buffer)[0];
}

function bucketOf(counts: Uint32Array, rank: number): readonly [bucket: number, rankInside: number] {
  let left = rank;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    if (left < counts[bucket]) return [bucket, left];
    left -= counts[bucket];
  }
  return [counts.length - 1, 0];
}
