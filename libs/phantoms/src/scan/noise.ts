/** Repeatable noise: the same seed and slice give the same values, whatever was rendered before. */

/** The sum of four uniform bytes is close to normal: its mean, and its standard deviation. */
const SUM_MEAN = 510;
const SUM_DEVIATION = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/** A source of nearly normally distributed numbers with mean 0 and deviation 1. */
export function gaussianSource(seed: number, stream: number): () => number {
  const next = uniformBits(Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b));
  return () => {
    const bits = next();
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    return (sum - SUM_MEAN) / SUM_DEVIATION;
  };
}

/** The mulberry32 generator: 32 bits a call. */
function uniformBits(seed: number): () => number {
  const { imul } = Math;
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return mixed ^ (mixed >>> 14);
  };
}
