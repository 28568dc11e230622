/**
 * The values of one element in the DICOM JSON model (PS3.18 F.2.3 to F.2.5): numbers where JSON can say them, strings where it cannot,
 * null for an empty value between others.
 */
import type { ReadableDataSet } from '../readable-data-set';
import type { Vr } from '../value-representations';

export type JsonPersonName = {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
};
export type JsonValue = string | number | null | JsonPersonName;

/** The Value array of an element that is neither binary nor a sequence; empty for an element without a value. */
export function jsonValues(dataSet: ReadableDataSet, tag: number, vr: Vr): readonly JsonValue[] {
  switch (vr) {
    case 'FL':
    case 'FD':
      return dataSet.numbers(tag).map(floatValue);
    case 'US':
    case 'SS':
    case 'UL':
    case 'SL':
      return dataSet.numbers(tag);
    case 'SV':
    case 'UV':
      return wideIntegers(dataSet, tag, vr);
    case 'AT':
      return dataSet.numbers(tag).map(tagValue);
    case 'PN':
      return withoutOnlyEmpty(dataSet.texts(tag)).map(personName);
    case 'DS':
      return withoutOnlyEmpty(dataSet.texts(tag)).map((text) => decimalValue(text, DECIMAL));
    case 'IS':
      return withoutOnlyEmpty(dataSet.texts(tag)).map((text) => decimalValue(text, INTEGER));
    default:
      return withoutOnlyEmpty(dataSet.texts(tag)).map((text) => (text === '' ? null : text));
  }
}

const DECIMAL = /^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,4})?$/;
const INTEGER = /^[+-]?\d{1,15}$/;

/** A value that is no number of its VR, or too large for one, stays the text it was. */
function decimalValue(text: string, pattern: RegExp): JsonValue {
  if (text === '') return null;
  const number = Number(text);
  return pattern.test(text) && Number.isFinite(number) ? number + 0 : text;
}

/** JSON has no NaN and no infinity: PS3.18 table F.2.3-1 spells them. */
function floatValue(value: number): JsonValue {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'inf';
  return value === -Infinity ? '-inf' : value;
}

/** 64-bit integers that a double would change are strings (PS3.18 F.2.3, note). */
function wideIntegers(dataSet: ReadableDataSet, tag: number, vr: 'SV' | 'UV'): JsonValue[] {
  const bytes = dataSet.bytes(tag) ?? new Uint8Array(0);
  const little = dataSet.element(tag)?.encoding.littleEndian ?? true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: JsonValue[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const value = vr === 'SV' ? view.getBigInt64(at, little) : view.getBigUint64(at, little);
    values.push(Number.isSafeInteger(Number(value)) ? Number(value) : String(value));
  }
  return values;
}

const tagValue = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');

/** One value that is empty is no value; an empty one among others keeps its place (PS3.18 F.2.5). */
function withoutOnlyEmpty(texts: readonly string[]): readonly string[] {
  return texts.length === 1 && texts[0] === '' ? [] : texts;
}

const NAME_GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/** Component groups that are empty are left out (PS3.18 F.2.2). */
function personName(text: string): JsonValue {
  const groups = text.split('=').slice(0, NAME_GROUPS.length);
  const named = groups.map((group, index) => [NAME_GROUPS[index], group.trim()] as const).filter(([, group]) => group);
  return named.length === 0 ? null : Object.fromEntries(named);
}
