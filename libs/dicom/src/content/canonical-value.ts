/**
 * One element's value as bytes that are the same whatever its encoding: byte order, stated or implied VR, padding, character
 * set and the spelling of decimals (PS3.5 6.2, 6.1.2, 7.1) do not count. What nobody can read stays as it is.
 */
import { definitionOf } from '../dictionary/dictionary';
import type { ReadableDataSet } from '../readable-data-set';
import { BINARY_VALUE_BYTES, isEncodedText, type Vr } from '../value-representations';

const NUMERIC_VRS: ReadonlySet<Vr> = new Set(['DS', 'IS', 'US', 'SS', 'UL', 'SL', 'FL', 'FD', 'AT']);
const WORD_VRS: ReadonlySet<Vr> = new Set(['US', 'SS']);
/** Text that characters were lost of: then its bytes decide. */
const REPLACEMENT = '\ufffd';
const PADDING: ReadonlySet<number> = new Set([0x20, 0x00]);

/** The value of an element that is there and no sequence; its first byte says how it was read. */
export function canonicalValue(dataSet: ReadableDataSet, tag: number): Uint8Array {
  const raw = dataSet.bytes(tag) ?? new Uint8Array(0);
  if (raw.length === 0) return marked('e', raw);
  const vr = dataSet.vr(tag) ?? 'UN';
  if (definitionOf(tag) === undefined || vr === 'UN')
    return marked('o', opaqueBytes(littleEndian(dataSet, tag, vr, raw)));
  if (NUMERIC_VRS.has(vr)) return numericValue(dataSet, tag, vr, raw);
  if (BINARY_VALUE_BYTES[vr] !== undefined) return marked('b', littleEndian(dataSet, tag, vr, raw));
  const text = dataSet.texts(tag).map((value) => (vr === 'PN' ? withoutEmptyComponents(value) : value));
  if (isEncodedText(vr) && text.some((value) => value.includes(REPLACEMENT))) return marked('o', raw);
  const joined = text.join('\\');
  return marked(joined === '' ? 'e' : 't', Buffer.from(joined, 'utf8'));
}

/** `1.50`, `1.5` and `+15e-1` are one number; US and SS are the same 16 bits. A text that is no number stays text. */
function numericValue(dataSet: ReadableDataSet, tag: number, vr: Vr, raw: Uint8Array): Uint8Array {
  const numbers = dataSet.numbers(tag);
  if ((vr === 'DS' || vr === 'IS') && numbers.some(Number.isNaN)) return marked('o', raw);
  const values = new Float64Array(numbers.length);
  for (let i = 0; i < numbers.length; i += 1) values[i] = WORD_VRS.has(vr) ? numbers[i] & 0xffff : numbers[i] + 0;
  return marked('n', new Uint8Array(values.buffer));
}

function littleEndian(dataSet: ReadableDataSet, tag: number, vr: Vr, raw: Uint8Array): Uint8Array {
  const size = BINARY_VALUE_BYTES[vr] ?? 1;
  if (dataSet.element(tag)?.encoding.littleEndian !== false || size === 1) return raw;
  const swapped = Buffer.from(raw);
  const units = swapped.subarray(0, swapped.length - (swapped.length % size));
  // AT is a pair of words (PS3.5 7.3), everything else one number
  if (size === 2 || vr === 'AT') units.swap16();
  else if (size === 4) units.swap32();
  else units.swap64();
  return swapped;
}

/** Of an element that nobody knows the last byte does not count where it pads readable text (PS3.5 6.2). */
function opaqueBytes(bytes: Uint8Array): Uint8Array {
  const text = bytes.subarray(0, -1);
  const isPadded = text.length > 0 && PADDING.has(bytes[bytes.length - 1]) && text.every(isPrintable);
  return isPadded ? text : bytes;
}

const isPrintable = (byte: number) => byte >= 0x20 && byte !== 0x7f;

/** `Hansen^Ane^^` is `Hansen^Ane`, and `Hansen==` is `Hansen` (PS3.5 6.2.1.1). */
function withoutEmptyComponents(name: string): string {
  return trimEnd(
    name
      .split('=')
      .map((group) => trimEnd(group, '^'))
      .join('='),
    '=',
  );
}

function trimEnd(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === character || text[end - 1] === ' ')) end -= 1;
  return text.slice(0, end);
}

function marked(kind: string, bytes: Uint8Array): Uint8Array {
  const value = new Uint8Array(bytes.length + 1);
  value[0] = kind.charCodeAt(0);
  value.set(bytes, 1);
  return value;
}
