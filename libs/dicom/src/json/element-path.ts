/** The place of an element inside nested sequences, as it stands in the address of bulk data: `0040A730/1/00420011` (items count from one). */
import { MAXIMUM_NESTING } from '../element-scan';
import type { ReadableDataSet } from '../readable-data-set';
import type { Vr } from '../value-representations';
import { littleEndianValue } from './binary-value';

/** Tag, item number, tag, ...: of odd length, ends with a tag. */
export type ElementPath = readonly number[];

const LONGEST = 2 * MAXIMUM_NESTING + 1;

export function elementPathText(path: ElementPath): string {
  return path.map((part, index) => (index % 2 === 0 ? tagHex(part) : String(part))).join('/');
}

/** The path of a text; undefined where it is none. */
export function parseElementPath(text: string): ElementPath | undefined {
  const parts = text.split('/', LONGEST + 1);
  if (parts.length > LONGEST || parts.length % 2 === 0) return undefined;
  const sound = parts.every((part, index) => (index % 2 === 0 ? /^[0-9a-fA-F]{8}$/ : /^[1-9]\d{0,6}$/).test(part));
  return sound ? parts.map((part, index) => (index % 2 === 0 ? parseInt(part, 16) : Number(part))) : undefined;
}

export interface ElementValue {
  readonly vr: Vr;
  /** Little endian; text as it is encoded. */
  readonly bytes: Uint8Array;
}

/** The value at a path; undefined where there is none, or where it is a sequence. */
export function valueAt(dataSet: ReadableDataSet, path: ElementPath): ElementValue | undefined {
  let level: ReadableDataSet | undefined = dataSet;
  for (let at = 0; at + 2 < path.length; at += 2) level = level?.items(path[at])[path[at + 1] - 1];
  const tag = path[path.length - 1];
  const vr = level?.vr(tag);
  if (level === undefined || vr === undefined || vr === 'SQ') return undefined;
  return { vr, bytes: littleEndianValue(level, tag) };
}

export const tagHex = (tag: number): string => (tag >>> 0).toString(16).toUpperCase().padStart(8, '0');
