/** Attribute matching (PS3.4 C.2.2.2) by plain loops: no text of a caller ever becomes a regular expression. */
import { HubError } from '@modelbank/contracts';
import { isUid } from '@modelbank/dicom';

/** Whether one of an attribute's values matches. */
export type ValueMatcher = (values: readonly string[]) => boolean;

const MOST_UIDS = 100;

/** `*` stands for any characters, `?` for one (PS3.4 C.2.2.2.4). Time grows with both lengths at most, never with their powers. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let [p, t, star, resumeAt] = [0, 0, -1, 0];
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      [star, resumeAt] = [p, t];
      p += 1;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      resumeAt += 1;
      [p, t] = [star + 1, resumeAt];
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

export function textMatcher(pattern: string): ValueMatcher {
  return (values) => values.some((value) => matchesWildcard(pattern, value));
}

/** One UID or a list of them (PS3.4 C.2.2.2.2), by comma or backslash. */
export function uidsOf(text: string): readonly string[] {
  const uids = text.split(/[,\\]/, MOST_UIDS + 1);
  if (uids.length > MOST_UIDS) throw new HubError('INVALID_REQUEST', `a list holds at most ${MOST_UIDS} UIDs`);
  if (uids.every(isUid)) return uids;
  throw new HubError('INVALID_REQUEST', 'a key that is matched by UID holds something else');
}

/** A date, or a range of dates, open at one end where that is left out (PS3.4 C.2.2.2.5). */
export function dateMatcher(text: string): ValueMatcher {
  return rangeMatcher(text, (date) => /^\d{8}$/.test(date));
}

/** Times are compared as far as the key goes: `1030` is all of that minute. */
export function timeMatcher(text: string): ValueMatcher {
  return rangeMatcher(text, (time) => /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/.test(time));
}

function rangeMatcher(text: string, isValid: (bound: string) => boolean): ValueMatcher {
  const bounds = text.split('-', 3);
  const [from, to = from] = bounds;
  const isRange = bounds.length === 2 && (from !== '' || to !== '');
  if (!(isRange || bounds.length === 1) || !bounds.every((bound) => (isRange && bound === '') || isValid(bound))) {
    throw new HubError('INVALID_REQUEST', 'a date or time key is neither a value nor a range');
  }
  return (values) =>
    values.some((value) => value !== '' && value >= from && (to === '' || value.slice(0, to.length) <= to));
}
