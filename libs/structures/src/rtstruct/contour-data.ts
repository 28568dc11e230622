/**
 * ContourData as numbers (PS3.5 6.2, VR DS). An object holds millions of them, nearly all spelled like `-12.345`: those are read
 * straight from the bytes; any other spelling goes through the general reader.
 */
import type { ReadableDataSet } from '@modelbank/dicom';

/** So many digits are a whole number that a double holds exactly, so that dividing it by a power of ten rounds correctly. */
const MAXIMUM_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: MAXIMUM_DIGITS + 1 }, (_, digits) => 10 ** digits);

const BACKSLASH = 0x5c;
const POINT = 0x2e;
const MINUS = 0x2d;
const ZERO = 0x30;
const SPACE = 0x20;

/** All coordinates; NaN where one cannot be read. An empty value after a last backslash is no coordinate. */
export function contourCoordinates(contour: ReadableDataSet): Float64Array {
  const bytes = contour.bytes('ContourData');
  if (!bytes || bytes.length === 0) return new Float64Array(0);
  return plainNumbers(bytes) ?? generalNumbers(contour);
}

/** `undefined` as soon as one value is spelled in another way. */
function plainNumbers(bytes: Uint8Array): Float64Array | undefined {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === SPACE) end--;
  const numbers = new Float64Array(countValues(bytes, end));
  let start = 0;
  for (let n = 0; n < numbers.length; n++) {
    let stop = start;
    while (stop < end && bytes[stop] !== BACKSLASH) stop++;
    const value = plainNumber(bytes, start, stop);
    if (Number.isNaN(value)) return undefined;
    numbers[n] = value;
    start = stop + 1;
  }
  return numbers;
}

function countValues(bytes: Uint8Array, end: number): number {
  let count = 1;
  for (let at = 0; at < end; at++) if (bytes[at] === BACKSLASH) count++;
  return count;
}

/** Optional minus, digits, optional point and digits; NaN for all else. */
function plainNumber(bytes: Uint8Array, start: number, stop: number): number {
  const negative = bytes[start] === MINUS;
  let digits = 0;
  let decimals = -1;
  let whole = 0;
  for (let at = negative ? start + 1 : start; at < stop; at++) {
    const digit = bytes[at] - ZERO;
    if (digit >= 0 && digit <= 9) {
      whole = whole * 10 + digit;
      digits++;
      if (decimals >= 0) decimals++;
    } else if (bytes[at] === POINT && decimals < 0 && digits > 0) decimals = 0;
    else return NaN;
  }
  if (digits === 0 || digits > MAXIMUM_DIGITS) return NaN;
  const value = decimals > 0 ? whole / POWERS_OF_TEN[decimals] : whole;
  return negative && value !== 0 ? -value : value;
}

function generalNumbers(contour: ReadableDataSet): Float64Array {
  const numbers = contour.numbers('ContourData');
  const blankEnd = Number.isNaN(numbers.at(-1)) && contour.texts('ContourData').at(-1) === '';
  return Float64Array.from(blankEnd ? numbers.slice(0, -1) : numbers);
}
