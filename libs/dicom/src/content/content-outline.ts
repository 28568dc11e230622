/**
 * What a data set says, element by element, as digests that do not depend on how it is encoded. Two outlines that differ
 * name the elements in which two objects of one SOP Instance UID differ; pixels are compared elsewhere, decoded.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { DICTIONARY } from '../dictionary/dictionary';
import type { ReadableDataSet } from '../readable-data-set';
import { PIXEL_DATA } from '../value-representations';
import { canonicalValue } from './canonical-value';

/** Digest of each element of the top level, by tag. */
export type ContentOutline = ReadonlyMap<number, string>;

/** Belongs to the encoding of a data set wherever it stands (PS3.5 6.1.2, 7.2, 7.9; PS3.10 7.1). */
const ENCODING_TAGS: ReadonlySet<number> = new Set([
  0x00080001, // Length to End, retired
  0x00080005, // Specific Character Set: text is compared in Unicode
  0xfffcfffc, // Data Set Trailing Padding
]);
/** Belongs to the encoding of the pixels, which are compared as they are shown (PS3.5 8.2, A.4; PS3.3 C.7.6.3.1.3). */
const PIXEL_ENCODING_TAGS: ReadonlySet<number> = new Set([
  DICTIONARY.PlanarConfiguration.tag,
  DICTIONARY.ExtendedOffsetTable.tag,
  DICTIONARY.ExtendedOffsetTableLengths.tag,
  PIXEL_DATA,
]);

/** One level that is being read: the elements of a data set, or the items of a sequence. */
type Level =
  | { readonly dataSet: ReadableDataSet; readonly tags: readonly number[]; next: number }
  | { readonly items: readonly ReadableDataSet[]; next: number };

export function contentOutline(dataSet: ReadableDataSet): ContentOutline {
  const outline = new Map<number, string>();
  for (const tag of contentTags(dataSet)) {
    if (PIXEL_ENCODING_TAGS.has(tag) || saysNothingWasLost(dataSet, tag)) continue;
    const hash = createHash('sha256');
    hashElement(hash, dataSet, tag);
    outline.set(tag, hash.digest('hex'));
  }
  return outline;
}

/** Ascending, so that the order in which a broken writer put them does not count. */
function contentTags(dataSet: ReadableDataSet): number[] {
  return dataSet.tags.filter((tag) => (tag & 0xffff) !== 0 && !ENCODING_TAGS.has(tag)).sort((a, b) => a - b);
}

/** `00` says what its absence says (PS3.3 C.7.6.1.1.5); a lossless codec may add it. */
function saysNothingWasLost(dataSet: ReadableDataSet, tag: number): boolean {
  return tag === DICTIONARY.LossyImageCompression.tag && dataSet.text(tag) === '00';
}

/** Without recursion: the open levels lie on a stack. */
function hashElement(hash: Hash, dataSet: ReadableDataSet, tag: number): void {
  const open: Level[] = [];
  enter(hash, open, dataSet, tag);
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    if ('items' in level) {
      if (level.next === level.items.length) close(hash, open, 'Q');
      else {
        const item = level.items[level.next++];
        hash.update('I');
        open.push({ dataSet: item, tags: contentTags(item), next: 0 });
      }
    } else if (level.next === level.tags.length) close(hash, open, 'i');
    else enter(hash, open, level.dataSet, level.tags[level.next++]);
  }
}

function close(hash: Hash, open: Level[], mark: string): void {
  hash.update(mark);
  open.pop();
}

/** Hashes the element, or opens it where it is a sequence that has items. */
function enter(hash: Hash, open: Level[], dataSet: ReadableDataSet, tag: number): void {
  const items = dataSet.items(tag);
  if (items.length > 0) {
    hash.update(`S${tag.toString(16)};`);
    open.push({ items, next: 0 });
    return;
  }
  const value = dataSet.vr(tag) === 'SQ' ? NO_ITEMS : canonicalValue(dataSet, tag);
  hash.update(`${tag.toString(16)}:${value.length};`).update(value);
}

/** A sequence without items says no more than any other empty value, and in implicit VR looks like one. */
const NO_ITEMS = new Uint8Array(['e'.charCodeAt(0)]);
