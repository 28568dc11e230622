/** Bits packed least significant first within bytes: counting and reading them a word at a time. */

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Number of one bits of a 32-bit word. */
export function popCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  n = (n + (n >>> 4)) & 0x0f0f0f0f;
  return Math.imul(n, 0x01010101) >>> 24;
}

/** The bytes as 32-bit words without copying, as many as are whole and aligned; `undefined` where memory does not allow it. */
export function wordsOf(bytes: Uint8Array): Uint32Array | undefined {
  if (!HOST_IS_LITTLE_ENDIAN || bytes.byteOffset % 4 !== 0) return undefined;
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/** 32 bits from any bit offset; bits beyond the end are zero. */
export function readWord(bytes: Uint8Array, bitOffset: number): number {
  const byte = Math.floor(bitOffset / 8);
  const shift = bitOffset % 8;
  const low =
    (bytes[byte] ?? 0) |
    ((bytes[byte + 1] ?? 0) << 8) |
    ((bytes[byte + 2] ?? 0) << 16) |
    ((bytes[byte + 3] ?? 0) << 24);
  if (shift === 0) return low;
  return (low >>> shift) | ((bytes[byte + 4] ?? 0) << (32 - shift));
}

/** Number of one bits from bit `from` up to, not including, bit `to`. */
export function countBits(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  let at = from;
  const words = wordsOf(bytes);
  if (words) {
    for (; at < to && at % 32 !== 0; at++) count += (bytes[at >>> 3] >>> (at & 7)) & 1;
    const lastWord = Math.min(Math.floor(to / 32), words.length);
    for (let word = at / 32; word < lastWord; word++) if (words[word] !== 0) count += popCount(words[word]);
    at = Math.max(at, lastWord * 32);
  }
  for (; at + 32 <= to; at += 32) count += popCount(readWord(bytes, at));
  if (at < to) count += popCount(readWord(bytes, at) & lowBits(to - at));
  return count;
}

/** A word whose lowest `count` bits (0 to 32) are set. */
export function lowBits(count: number): number {
  return count >= 32 ? -1 : (1 << count) - 1;
}
