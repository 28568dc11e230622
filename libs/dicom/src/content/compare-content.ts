/**
 * In which elements two objects of one SOP Instance UID differ, and what each of these is about. Names and numbers only,
 * never a text of the sender: a person reads the list.
 */
import { createHash } from 'node:crypto';
import { tagText } from '../dicom-error';
import { keywordOf } from '../dictionary/dictionary';
import type { Part10 } from '../open-part10';
import type { ReadableDataSet } from '../readable-data-set';
import { sopClassUid } from '../sop-classes';
import { contentConcern, type ContentConcern, type ContentKind } from './content-concern';
import { contentOutline, type ContentOutline } from './content-outline';

export interface ContentDifference {
  /** Keyword of the standard, or the tag where we know none. */
  readonly attribute: string;
  readonly concern: ContentConcern;
  /** Of what says where and how the pixels lie: the numbers on both sides; null where there is none. */
  readonly numbers?: { readonly first: readonly (number | null)[]; readonly second: readonly (number | null)[] };
}

export interface ContentComparison {
  readonly kind: ContentKind;
  readonly differences: readonly ContentDifference[];
  /** Digest of everything but the descriptive in the second object, pixels aside: the same in every encoding of it. */
  readonly secondDigest: string;
}

const PIXELS = ['PixelData', 'FloatPixelData', 'DoubleFloatPixelData'] as const;
const NUMBERS_SHOWN = 6;
const NUMERIC: ReadonlySet<string | undefined> = new Set(['DS', 'IS', 'US', 'SS', 'UL', 'SL', 'FL', 'FD']);

/** Compares everything but the pixel data. */
export function compareContent(first: Part10, second: Part10): ContentComparison {
  const kind = contentKind([first.dataSet, second.dataSet]);
  const [before, after] = [contentOutline(first.dataSet), contentOutline(second.dataSet)];
  const tags = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => a - b);
  const differences = tags
    .filter((tag) => before.get(tag) !== after.get(tag))
    .map((tag) => describe(kind, tag, first.dataSet, second.dataSet));
  return { kind, differences, secondDigest: digestOf(kind, after, second.dataSet) };
}

/** A segmentation has pixels, and is still what somebody drew. */
function contentKind(both: readonly ReadableDataSet[]): ContentKind {
  if (both.every((each) => each.text('SOPClassUID') === sopClassUid('SegmentationStorage'))) return 'document';
  const hasPixels = both.some((each) => PIXELS.some((keyword) => each.has(keyword)));
  return hasPixels ? 'image' : 'document';
}

function describe(kind: ContentKind, tag: number, first: ReadableDataSet, second: ReadableDataSet): ContentDifference {
  const concern = contentConcern(kind, tag, first.vr(tag) === 'SQ' || second.vr(tag) === 'SQ');
  const isShown =
    (concern === 'geometry' || concern === 'pixels') && [first, second].every((each) => hasNumbers(each, tag));
  const numbers = { first: shownNumbers(first, tag), second: shownNumbers(second, tag) };
  return { attribute: keywordOf(tag) ?? tagText(tag), concern, ...(isShown && { numbers }) };
}

/** Nothing at all counts: its absence is shown beside the number of the other side. */
function hasNumbers(dataSet: ReadableDataSet, tag: number): boolean {
  return !dataSet.has(tag) || NUMERIC.has(dataSet.vr(tag));
}

function shownNumbers(dataSet: ReadableDataSet, tag: number): (number | null)[] {
  return dataSet
    .numbers(tag)
    .slice(0, NUMBERS_SHOWN)
    .map((value) => (Number.isFinite(value) ? value : null));
}

function digestOf(kind: ContentKind, outline: ContentOutline, dataSet: ReadableDataSet): string {
  const hash = createHash('sha256').update(kind);
  for (const [tag, digest] of outline) {
    if (contentConcern(kind, tag, dataSet.vr(tag) === 'SQ') !== 'descriptive')
      hash.update(`${tag.toString(16)}=${digest};`);
  }
  return hash.digest('hex');
}
