/**
 * Decimal strings (PS3.5 6.2, VR DS): at most 16 characters. A number is rounded to what fits, never cut: cutting
 * `3.14159265358979e-7` at 16 characters gives another number.
 */
import { DicomError } from './dicom-error';

const MAXIMUM_LENGTH = 16;

/** The nearest number that 16 characters can say. Throws DATASET_MALFORMED for NaN and infinities. */
export function formatDs(value: number): string {
  if (!Number.isFinite(value)) throw new DicomError('DATASET_MALFORMED', 'a decimal string must be a finite number');
  if (value === 0) return '0';
  const exact = shortest(value);
  if (exact.length <= MAXIMUM_LENGTH) return exact;
  const fixed = fixedPoint(value);
  if (fixed !== undefined) return fixed;
  for (let digits = 15; digits > 0; digits -= 1) {
    const rounded = Number(value.toPrecision(digits));
    const text = shortest(rounded);
    if (text.length <= MAXIMUM_LENGTH && Number.isFinite(rounded)) return text;
  }
  throw new DicomError('DATASET_MALFORMED', 'a number that a decimal string cannot say');
}

/** Coordinates and sizes, fast: there, no exponent says more digits than a point does. */
function fixedPoint(value: number): string | undefined {
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e13) return undefined;
  const before = (value < 0 ? 1 : 0) + Math.max(1, Math.floor(Math.log10(magnitude)) + 1);
  const text = value.toFixed(MAXIMUM_LENGTH - before - 1);
  if (text.length > MAXIMUM_LENGTH) return undefined;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end -= 1;
  return text.slice(0, text.charCodeAt(end - 1) === 0x2e ? end - 1 : end);
}

/** The shorter of `0.00012` and `1.2e-4`. */
function shortest(value: number): string {
  const plain = String(value);
  if (plain.length <= MAXIMUM_LENGTH && !plain.includes('e')) return plain;
  const scientific = value.toExponential().replace('e+', 'e');
  return scientific.length < plain.length || plain.includes('e') ? scientific : plain;
}

/** An integer string (PS3.5 6.2, VR IS). Throws DATASET_MALFORMED outside 32 signed bits. */
export function formatIs(value: number): string {
  if (!Number.isInteger(value) || value < -2147483648 || value > 2147483647) {
    throw new DicomError('DATASET_MALFORMED', 'an integer string must be a whole number of 32 bits');
  }
  return String(value === 0 ? 0 : value);
}
