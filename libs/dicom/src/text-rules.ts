/** What a text value may contain, by VR (PS3.5 table 6.2-1). Lengths are in characters, not bytes. */
import type { Vr } from './value-representations';

interface TextRule {
  readonly maximum: number;
  readonly pattern?: RegExp;
  /** Tab, line feed, form feed and carriage return are text here. */
  readonly paragraphs?: boolean;
}

const TEXT_RULES: Readonly<Partial<Record<Vr, TextRule>>> = {
  AE: { maximum: 16, pattern: /^[\x20-\x7e]+$/ },
  AS: { maximum: 4, pattern: /^\d{3}[DWMY]$/ },
  CS: { maximum: 16, pattern: /^[A-Z0-9 _]+$/ },
  DA: { maximum: 8, pattern: /^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/ },
  DT: { maximum: 26, pattern: /^\d{4}(?:\d\d){0,5}(?:\.\d{1,6})?(?:[+-]\d{4})?$/ },
  LO: { maximum: 64 },
  LT: { maximum: 10240, paragraphs: true },
  PN: { maximum: 64 * 3 + 2 },
  SH: { maximum: 16 },
  ST: { maximum: 1024, paragraphs: true },
  TM: { maximum: 14, pattern: /^(?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?$/ },
  UC: { maximum: 0xfffffffe },
  UR: { maximum: 0xfffffffe, pattern: /^[\x21-\x7e]+$/ },
  UT: { maximum: 0xfffffffe, paragraphs: true },
};

/** What is wrong with one text value; undefined when nothing is. Empty values are always right. */
export function textViolation(vr: Vr, value: string): string | undefined {
  const rule = TEXT_RULES[vr];
  if (rule === undefined) return `VR ${vr} holds no text`;
  if (value === '') return undefined;
  if (lengthOf(value) > rule.maximum) return `is longer than ${rule.maximum} characters`;
  if (hasControlCharacter(value, rule.paragraphs === true)) return 'has a control character';
  if (rule.paragraphs !== true && vr !== 'UR' && value.includes('\\')) return 'has a backslash inside a value';
  if (rule.pattern !== undefined && !rule.pattern.test(value)) return `is not written as VR ${vr} wants it`;
  if (vr === 'DA' && !isInCalendar(value)) return 'is no date of the calendar';
  return vr === 'PN' ? nameViolation(value) : undefined;
}

/** Up to three component groups, each of up to 64 characters and five components (PS3.5 6.2.1). */
function nameViolation(value: string): string | undefined {
  const groups = value.split('=');
  if (groups.length > 3) return 'has more than three component groups';
  if (groups.some((group) => lengthOf(group) > 64)) return 'has a component group longer than 64 characters';
  if (groups.some((group) => group.split('^').length > 5)) return 'has more than five components';
  return undefined;
}

/** 20260231 is not. */
function isInCalendar(date: string): boolean {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)].map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Characters, not UTF-16 units; counted only where the units might not fit. */
function lengthOf(value: string): number {
  return value.length <= 16 ? value.length : [...value].length;
}

function hasControlCharacter(value: string, paragraphs: boolean): boolean {
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    const isParagraph = code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d;
    if (code < 0x20 || code === 0x7f ? !(paragraphs && isParagraph) : code >= 0xd800 && isLoneSurrogate(value, i)) {
      return true;
    }
  }
  return false;
}

function isLoneSurrogate(value: string, at: number): boolean {
  const isHigh = (i: number) => value.charCodeAt(i) >>> 10 === 0x36;
  const isLow = (i: number) => value.charCodeAt(i) >>> 10 === 0x37;
  return (isHigh(at) && !isLow(at + 1)) || (isLow(at) && !isHigh(at - 1));
}
