/**
 * The bytes of one element's value (PS3.5 6.2), checked: value multiplicity, length and characters by VR. A value that would
 * have to be cut or changed is refused; messages name the keyword, never the value.
 */
import { formatDs, formatIs } from './decimal-string';
import { DicomError } from './dicom-error';
import type { BulkValue, NumberValue, TextValue } from './dictionary/dictionary';
import { textViolation } from './text-rules';
import { isUid } from './uid';
import { BINARY_VALUE_BYTES, isMultiValued, paddingByte, type Vr } from './value-representations';

export interface ElementToWrite {
  readonly keyword: string;
  readonly vr: Vr;
  readonly vm: string;
}

/** The value's bytes, padded to an even length. */
export function encodeValue(element: ElementToWrite, value: NumberValue | BulkValue | TextValue): Uint8Array {
  const { vr } = element;
  if (ArrayBuffer.isView(value) && isBulkVr(vr)) return pad(bulkBytes(value), vr);
  const values: ArrayLike<string | number> =
    typeof value === 'string' || typeof value === 'number' ? [value] : (value as ArrayLike<string | number>);
  if (values.length === 0) return new Uint8Array(0);
  checkMultiplicity(element, values.length);
  if (!isMultiValued(vr) && values.length > 1) throw refused(element, 'takes one value');
  if (vr !== 'DS' && vr !== 'IS' && BINARY_VALUE_BYTES[vr] !== undefined) return binaryBytes(element, values);
  const parts = vr === 'DS' && values.length > 3 ? decimalTexts(element, values) : textsOf(element, values);
  return pad(Buffer.from(parts.join('\\'), 'utf8'), vr);
}

function textsOf(element: ElementToWrite, values: ArrayLike<string | number>): string[] {
  const texts = new Array<string>(values.length);
  for (let i = 0; i < values.length; i += 1) texts[i] = textOf(element, values[i]);
  return texts;
}

/** Neighbouring points of a contour share coordinates: the text of the same number three values before is used again. */
function decimalTexts(element: ElementToWrite, values: ArrayLike<string | number>): string[] {
  const texts = new Array<string>(values.length);
  for (let i = 0; i < values.length; i += 1) {
    texts[i] = i >= 3 && values[i] === values[i - 3] ? texts[i - 3] : textOf(element, values[i]);
  }
  return texts;
}

function textOf(element: ElementToWrite, value: string | number): string {
  const { vr } = element;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refused(element, 'is not a finite number');
    if (vr === 'DS') return formatDs(value);
    if (vr === 'IS' && Number.isInteger(value) && Math.abs(value) <= 0x7fffffff) return formatIs(value);
    throw refused(element, `holds a number that VR ${vr} cannot say`);
  }
  if (vr === 'UI') {
    if (!isUid(value)) throw refused(element, 'is not a UID');
    return value;
  }
  const violation = textViolation(vr, value);
  if (violation !== undefined) throw refused(element, violation);
  return value;
}

const RANGES: Readonly<Partial<Record<Vr, readonly [number, number]>>> = {
  US: [0, 0xffff],
  SS: [-0x8000, 0x7fff],
  UL: [0, 0xffffffff],
  SL: [-0x80000000, 0x7fffffff],
  AT: [0, 0xffffffff],
};

function binaryBytes(element: ElementToWrite, values: ArrayLike<string | number>): Uint8Array {
  const size = BINARY_VALUE_BYTES[element.vr] ?? 1;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (typeof value !== 'number') throw refused(element, 'must be a number');
    const range = RANGES[element.vr];
    const fits = range === undefined ? Number.isFinite(value) : inRange(value, range);
    if (!fits) throw refused(element, `holds a number that VR ${element.vr} cannot say`);
    putNumber(view, element, i * size, value);
  }
  return bytes;
}

const inRange = (value: number, [low, high]: readonly [number, number]) =>
  Number.isInteger(value) && value >= low && value <= high;

function putNumber(view: DataView, element: ElementToWrite, at: number, value: number): void {
  switch (element.vr) {
    case 'US':
      return view.setUint16(at, value, true);
    case 'SS':
      return view.setInt16(at, value, true);
    case 'UL':
      return view.setUint32(at, value, true);
    case 'SL':
      return view.setInt32(at, value, true);
    case 'FL':
      return view.setFloat32(at, value, true);
    case 'FD':
      return view.setFloat64(at, value, true);
    case 'AT':
      view.setUint16(at, value >>> 16, true);
      return view.setUint16(at + 2, value & 0xffff, true);
    default:
      throw refused(element, 'takes bytes');
  }
}

const isBulkVr = (vr: Vr) => vr === 'UN' || (vr.startsWith('O') && vr.length === 2);

/** The bytes of a typed array; on a big-endian machine it would have to be swapped, and Node runs on none. */
function bulkBytes(value: ArrayBufferView): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function pad(bytes: Uint8Array, vr: Vr): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  padded[bytes.length] = vr.startsWith('O') ? 0x00 : paddingByte(vr);
  return padded;
}

/** PS3.5 6.4: `n`, `a-b`, `a-n`, or `a-an` for multiples of a. */
function checkMultiplicity(element: ElementToWrite, count: number): void {
  const [low, high] = element.vm.split('-');
  const minimum = Number(low);
  let fits = count === minimum;
  if (high === 'n') fits = count >= minimum;
  else if (high?.endsWith('n')) fits = count >= minimum && count % parseInt(high, 10) === 0;
  else if (high !== undefined) fits = count >= minimum && count <= Number(high);
  if (!fits) throw refused(element, `has ${count} values where ${element.vm} are allowed`);
}

function refused(element: ElementToWrite, why: string): DicomError {
  return new DicomError('DATASET_MALFORMED', `${element.keyword} ${why}`);
}
