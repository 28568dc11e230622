/**
 * The typed dictionary: keyword -> tag, VR, VM (PS3.6) of every element that the hub reads or writes, and the type of a data
 * set whose values the compiler checks by VR.
 */
import type { Vr } from '../value-representations';
import type { ElementDefinition } from './element-definition';
import { IDENTITY_ELEMENTS } from './identity-elements';
import { IMAGE_ELEMENTS } from './image-elements';
import { RADIOTHERAPY_ELEMENTS } from './radiotherapy-elements';
import { REPORT_ELEMENTS } from './report-elements';

export const DICTIONARY = {
  ...IDENTITY_ELEMENTS,
  ...IMAGE_ELEMENTS,
  ...RADIOTHERAPY_ELEMENTS,
  ...REPORT_ELEMENTS,
} as const satisfies Record<string, ElementDefinition>;

export type Keyword = keyof typeof DICTIONARY;

type NumberVr = 'DS' | 'IS' | 'US' | 'SS' | 'UL' | 'SL' | 'FL' | 'FD' | 'AT';
type BytesVr = 'OB' | 'OD' | 'OF' | 'OL' | 'OV' | 'OW' | 'UN';

/** Numbers of one element; contours may be a typed array. */
export type NumberValue = number | readonly number[] | Float64Array;
/** Bulk values, in the machine's order for typed arrays wider than a byte. */
export type BulkValue = Uint8Array | Int8Array | Uint16Array | Int16Array | Float32Array | Float64Array;
export type TextValue = string | readonly string[];

export type ValueOfVr<V extends Vr> = V extends 'SQ'
  ? readonly DataSet[]
  : V extends NumberVr
    ? NumberValue
    : V extends BytesVr
      ? BulkValue
      : TextValue;

/** A data set by keyword. `null` is an element without a value (type 2); a missing keyword is no element. */
export type DataSet = {
  readonly [K in Keyword]?: ValueOfVr<(typeof DICTIONARY)[K]['vr']> | null;
};

const BY_TAG: ReadonlyMap<number, ElementDefinition> = new Map(
  Object.values<ElementDefinition>(DICTIONARY).map((each) => [each.tag, each]),
);

/** An element by keyword or by tag. */
export type ElementName = Keyword | number;

export function tagOf(name: ElementName): number {
  return typeof name === 'number' ? name >>> 0 : DICTIONARY[name].tag;
}

/** The definition of a tag; undefined for private elements and those we do not know. Overlay groups 60xx count as 6000. */
export function definitionOf(tag: number): ElementDefinition | undefined {
  const found = BY_TAG.get(tag);
  if (found !== undefined || tag >>> 24 !== 0x60) return found;
  return BY_TAG.get((tag & 0xff00ffff) >>> 0);
}

const KEYWORD_BY_TAG: ReadonlyMap<number, Keyword> = new Map(
  (Object.keys(DICTIONARY) as Keyword[]).map((keyword) => [DICTIONARY[keyword].tag, keyword]),
);

/** The keyword of a tag; undefined for private elements and those we do not know. */
export function keywordOf(tag: number): Keyword | undefined {
  return KEYWORD_BY_TAG.get(tag);
}

/** The VR to read an element with whose encoding does not say it. */
export function dictionaryVr(tag: number): Vr | undefined {
  if ((tag & 0xffff) === 0) return 'UL';
  return definitionOf(tag)?.vr;
}

const US_OR_SS: ReadonlySet<number> = new Set([
  DICTIONARY.SmallestImagePixelValue.tag,
  DICTIONARY.LargestImagePixelValue.tag,
  DICTIONARY.PixelPaddingValue.tag,
  DICTIONARY.PixelPaddingRangeLimit.tag,
]);

/** PS3.6 says "US or SS": PixelRepresentation decides. */
export function isUsOrSs(tag: number): boolean {
  return US_OR_SS.has(tag);
}
