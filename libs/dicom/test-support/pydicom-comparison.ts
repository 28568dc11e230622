/** Compares what pydicom described (read-with-pydicom.py) with what we read, element by element. */
import type { ReadableDataSet } from '../src/readable-data-set';

/** By tag: items of a sequence, digests of frames, or values. */
export type Described = { [tag: string]: Described[] | string[] | { vr: string; values: (string | number)[] } };

const NUMBERS = new Set(['DS', 'IS', 'US', 'SS', 'UL', 'SL', 'FL', 'FD']);

/** Every difference between what pydicom saw and what we see, as paths of tags. */
export function differences(described: Described, ours: ReadableDataSet, path = ''): string[] {
  return Object.entries(described).flatMap(([key, theirs]) => {
    const tag = parseInt(key, 16);
    const here = `${path}/${key}`;
    if (tag === 0x7fe00010) return [];
    if (Array.isArray(theirs)) {
      const items = ours.items(tag);
      if (items.length !== theirs.length) return [`${here}: ${items.length} items, not ${theirs.length}`];
      return theirs.flatMap((item, i) => differences(item as Described, items[i], `${here}[${i}]`));
    }
    const same = NUMBERS.has(theirs.vr)
      ? sameNumbers(theirs.values, ours.numbers(tag))
      : sameTexts(theirs.values, ours.texts(tag));
    return same
      ? []
      : [`${here} ${theirs.vr}: ${JSON.stringify(ours.texts(tag))}, not ${JSON.stringify(theirs.values)}`];
  });
}

const sameNumbers = (theirs: readonly (string | number)[], ours: readonly number[]) =>
  theirs.length === ours.length &&
  theirs.every((value, i) => value === ours[i] || Math.fround(Number(value)) === ours[i]);

/** pydicom keeps leading spaces and drops the empty groups of names. */
const canonical = (value: string | number) => String(value).replace(/=+$/, '').replace(/\0+$/, '').trim();
const sameTexts = (theirs: readonly (string | number)[], ours: readonly string[]) =>
  theirs.map(canonical).join('\\') === ours.map(canonical).join('\\') ||
  theirs.map(canonical).join('\\').replace(/\s+/g, '') === ours.map(canonical).join('\\').replace(/\s+/g, '');
