/**
 * A data set as DICOM JSON (PS3.18 Annex F), written piece by piece: a structure set of 48 MB never becomes an object tree or one
 * string. Text is Unicode whatever SpecificCharacterSet was, so that element says ISO_IR 192 (F.1).
 */
import type { ReadableDataSet } from '../readable-data-set';
import type { Vr } from '../value-representations';
import { isBinaryVr, littleEndianValue } from './binary-value';
import { elementPathText, tagHex, type ElementPath } from './element-path';
import { jsonValues } from './json-value';

export interface DicomJsonOptions {
  /** The address of a value that is left out; without it, every value is written out. */
  readonly bulkDataUri?: (path: string) => string;
  /** Binary values longer than this are told by their address. */
  readonly inlineBytes?: number;
  /** Elements at the top that the file does not hold: where pixel data is, what the server adds. */
  readonly added?: readonly AddedElement[];
}

export type AddedElement =
  | { readonly tag: number; readonly vr: Vr; readonly values: readonly string[] }
  | { readonly tag: number; readonly vr: Vr; readonly bulk: true };

const INLINE_BYTES = 1024;
/** Text is readable where it stands; only what nobody shows in a list is left out (PS3.18 F.2.6 allows it for these VRs). */
const INLINE_TEXT_BYTES = 64 * 1024;
const LONG_TEXT: ReadonlySet<Vr> = new Set(['LT', 'ST', 'UC', 'UT']);
const PIECE_CHARACTERS = 64 * 1024;
const SPECIFIC_CHARACTER_SET = 0x00080005;

/** The pieces of one JSON object; joined they are the text. Iterative: a deep nesting costs no more for each element than a flat one. */
export function* dicomJson(dataSet: ReadableDataSet, options: DicomJsonOptions = {}): Generator<string> {
  const open: OpenLevel[] = [openObject(dataSet, options.added)];
  let piece = '';
  while (open.length > 0) {
    const level = open[open.length - 1];
    piece += level.kind === 'object' ? nextElement(level, open, options) : nextItem(level, open);
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

interface OpenObject {
  readonly kind: 'object';
  readonly dataSet: ReadableDataSet;
  readonly tags: readonly number[];
  readonly added: readonly AddedElement[];
  /** Elements written so far. */
  done: number;
}

interface OpenSequence {
  readonly kind: 'sequence';
  readonly items: readonly ReadableDataSet[];
  done: number;
}

type OpenLevel = OpenObject | OpenSequence;

function openObject(dataSet: ReadableDataSet, added: readonly AddedElement[] = []): OpenObject {
  const replaced = new Set(added.map(({ tag }) => tag));
  const own = dataSet.tags.filter((tag) => (tag & 0xffff) !== 0 && !replaced.has(tag));
  return { kind: 'object', dataSet, added, tags: [...own, ...replaced].sort((a, b) => a - b), done: 0 };
}

/** The text of the level's next element, or its end; a sequence that has items is opened. */
function nextElement(level: OpenObject, open: OpenLevel[], options: DicomJsonOptions): string {
  const { dataSet, tags, added, done } = level;
  if (done === tags.length) {
    open.pop();
    return done === 0 ? '{}' : '}';
  }
  const tag = tags[level.done++];
  const name = `${done === 0 ? '{' : ','}"${tagHex(tag)}":`;
  const addition = added.find((each) => each.tag === tag);
  if (addition !== undefined) return name + addedText(addition, options);
  const items = dataSet.items(tag);
  if (items.length === 0) return name + elementText(dataSet, tag, options, () => pathOf(open));
  open.push({ kind: 'sequence', items, done: 0 });
  return `${name}{"vr":"SQ","Value":[`;
}

function nextItem(level: OpenSequence, open: OpenLevel[]): string {
  if (level.done === level.items.length) {
    open.pop();
    return ']}';
  }
  open.push(openObject(level.items[level.done++]));
  return level.done > 1 ? ',' : '';
}

/** Of the element that is being written. */
const pathOf = (open: readonly OpenLevel[]): ElementPath =>
  open.map((level) => (level.kind === 'object' ? level.tags[level.done - 1] : level.done));

function addedText(addition: AddedElement, { bulkDataUri }: DicomJsonOptions): string {
  const { vr } = addition;
  if ('values' in addition) return JSON.stringify({ vr, Value: addition.values });
  return JSON.stringify({ vr, BulkDataURI: bulkDataUri?.(tagHex(addition.tag)) });
}

function elementText(
  dataSet: ReadableDataSet,
  tag: number,
  { bulkDataUri, inlineBytes = INLINE_BYTES }: DicomJsonOptions,
  path: () => ElementPath,
): string {
  const vr = dataSet.vr(tag) ?? 'UN';
  const byteLength = dataSet.bytes(tag)?.length ?? 0;
  if (byteLength === 0 || vr === 'SQ') return `{"vr":"${vr}"}`;
  if (tag === SPECIFIC_CHARACTER_SET) return `{"vr":"CS","Value":["ISO_IR 192"]}`;
  const limit = isBinaryVr(vr) ? inlineBytes : LONG_TEXT.has(vr) ? INLINE_TEXT_BYTES : Infinity;
  if (bulkDataUri !== undefined && byteLength > limit) {
    return JSON.stringify({ vr, BulkDataURI: bulkDataUri(elementPathText(path())) });
  }
  if (isBinaryVr(vr)) {
    return `{"vr":"${vr}","InlineBinary":"${Buffer.from(littleEndianValue(dataSet, tag)).toString('base64')}"}`;
  }
  const values = jsonValues(dataSet, tag, vr);
  return values.length === 0 ? `{"vr":"${vr}"}` : JSON.stringify({ vr, Value: values });
}
