/**
 * Reads DS and IS values (PS3.5 6.2) straight from their bytes: a structure set holds millions of them. Up to 15 digits and
 * 22 places, digits / 10^places is one correctly rounded division; anything else goes through the runtime's own parser.
 */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const MAXIMUM_VALUE_LENGTH = 64;

const BACKSLASH = 0x5c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;

const isPadding = (byte: number) => byte === 0x20 || byte === 0x00;

/** The numbers between the backslashes; NaN where a value is empty or is not written as a decimal. */
export function decimalValues(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let start = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== BACKSLASH) continue;
    values.push(decimalValue(bytes, start, at));
    start = at + 1;
  }
  return values;
}

function decimalValue(bytes: Uint8Array, from: number, to: number): number {
  let start = from;
  let end = to;
  while (end > start && isPadding(bytes[end - 1])) end -= 1;
  while (start < end && isPadding(bytes[start])) start += 1;
  const signed = bytes[start] === MINUS || bytes[start] === PLUS;
  let digits = 0;
  let mantissa = 0;
  let pointAt = -1;
  for (let at = signed ? start + 1 : start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte >= 0x30 && byte <= 0x39 && digits < 15) {
      mantissa = mantissa * 10 + (byte - 0x30);
      digits += 1;
    } else if (byte === POINT && pointAt < 0) pointAt = at;
    else return unusualValue(bytes, start, end);
  }
  if (digits === 0) return NaN;
  const magnitude = pointAt < 0 ? mantissa : mantissa / POWERS_OF_TEN[end - pointAt - 1];
  return bytes[start] === MINUS ? -magnitude : magnitude;
}

/** Exponents, many digits, or no number at all; infinity is no number either. */
function unusualValue(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > MAXIMUM_VALUE_LENGTH) return NaN;
  const text = String.fromCharCode(...bytes.subarray(start, end));
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : NaN;
}
