/** The bytes of a binary value in little-endian order, whatever the file has: so PS3.18 F.2.7 and bulk data (8.7.3.5) want them. */
import type { ReadableDataSet } from '../readable-data-set';
import { BINARY_VALUE_BYTES, type Vr } from '../value-representations';

const BINARY_ONLY: ReadonlySet<Vr> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

/** VRs that JSON cannot hold but as base64 or by address. */
export function isBinaryVr(vr: Vr): boolean {
  return BINARY_ONLY.has(vr);
}

export function littleEndianValue(dataSet: ReadableDataSet, tag: number): Uint8Array {
  const bytes = dataSet.bytes(tag) ?? new Uint8Array(0);
  const element = dataSet.element(tag);
  const unit = BINARY_VALUE_BYTES[dataSet.vr(tag) ?? 'UN'] ?? 1;
  if (element === undefined || element.encoding.littleEndian || unit === 1) return bytes;
  return dataSet.vr(tag) === 'AT' ? swapped(bytes, 2) : swapped(bytes, unit);
}

/** A copy with the bytes of each unit reversed; a rest that is no whole unit stays. */
export function swapped(bytes: Uint8Array, unit: number): Uint8Array {
  const copy = Buffer.from(bytes);
  const whole = copy.subarray(0, copy.length - (copy.length % unit));
  if (unit === 2) whole.swap16();
  else if (unit === 4) whole.swap32();
  else if (unit === 8) whole.swap64();
  return copy;
}
