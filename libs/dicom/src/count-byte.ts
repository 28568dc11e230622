/** Counts one byte value in many: four bytes a step, because contour data is counted while it arrives. */

const LOW_BITS = 0x7f7f7f7f;
/** Each lane of the sum holds up to 255 steps. */
const STEPS_OF_SUM = 255;

/** How often `value` is among the bytes. */
export function countByte(bytes: Uint8Array, value: number): number {
  const { buffer, byteOffset, byteLength } = bytes;
  const head = Math.min(byteLength, (4 - (byteOffset % 4)) % 4);
  const words = Math.floor((byteLength - head) / 4);
  const inWords = words === 0 ? 0 : countInWords(new Int32Array(buffer, byteOffset + head, words), value);
  return oneByOne(bytes, 0, head, value) + inWords + oneByOne(bytes, head + words * 4, byteLength, value);
}

function countInWords(words: Int32Array, value: number): number {
  const pattern = value * 0x01010101;
  let count = 0;
  for (let at = 0; at < words.length;) {
    const end = Math.min(words.length, at + STEPS_OF_SUM);
    let lanes = 0;
    for (; at < end; at += 1) {
      const difference = words[at] ^ pattern;
      // the highest bit of each byte that does not differ
      lanes += ~(((difference & LOW_BITS) + LOW_BITS) | difference | LOW_BITS) >>> 7;
    }
    count += (lanes & 0xff) + ((lanes >>> 8) & 0xff) + ((lanes >>> 16) & 0xff) + (lanes >>> 24);
  }
  return count;
}

function oneByOne(bytes: Uint8Array, start: number, end: number, value: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) if (bytes[at] === value) count += 1;
  return count;
}
