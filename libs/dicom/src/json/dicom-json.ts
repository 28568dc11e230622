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

/** The pieces of one JSON object; joined they are the text. */
export function* dicomJson(dataSet: ReadableDataSet, options: DicomJsonOptions = {}): Generator<string> {
  let piece = '';
  for (const part of objectText(dataSet, [], options)) {
    piece += part;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function* objectText(dataSet: ReadableDataSet, around: ElementPath, options: DicomJsonOptions): Generator<string> {
  const added = around.length === 0 ? (options.added ?? []) : [];
  const replaced = new Set(added.map(({ tag }) => tag));
  const own = dataSet.tags.filter((tag) => (tag & 0xffff) !== 0 && !replaced.has(tag));
  const tags = [...own, ...replaced].sort((a, b) => a - b);
  let separator = '{';
  for (const tag of tags) {
    yield `${separator}"${tagHex(tag)}":`;
    separator = ',';
    const addition = added.find((each) => each.tag === tag);
    if (addition === undefined) yield* elementText(dataSet, [...around, tag], options);
    else yield addedText(addition, options);
  }
  yield separator === '{' ? '{}' : '}';
}

function addedText(addition: AddedElement, { bulkDataUri }: DicomJsonOptions): string {
  const { vr } = addition;
  if ('values' in addition) return JSON.stringify({ vr, Value: addition.values });
  return JSON.stringify({ vr, BulkDataURI: bulkDataUri?.(tagHex(addition.tag)) });
}

function* elementText(dataSet: ReadableDataSet, path: ElementPath, options: DicomJsonOptions): Generator<string> {
  const tag = path[path.length - 1];
  const vr = dataSet.vr(tag) ?? 'UN';
  if (vr === 'SQ') return yield* sequenceText(dataSet, path, options);
  const byteLength = dataSet.bytes(tag)?.length ?? 0;
  if (byteLength === 0) return yield `{"vr":"${vr}"}`;
  if (tag === SPECIFIC_CHARACTER_SET) return yield `{"vr":"CS","Value":["ISO_IR 192"]}`;
  const { bulkDataUri, inlineBytes = INLINE_BYTES } = options;
  const limit = isBinaryVr(vr) ? inlineBytes : LONG_TEXT.has(vr) ? INLINE_TEXT_BYTES : Infinity;
  if (bulkDataUri !== undefined && byteLength > limit) {
    return yield JSON.stringify({ vr, BulkDataURI: bulkDataUri(elementPathText(path)) });
  }
  if (isBinaryVr(vr)) {
    return yield `{"vr":"${vr}","InlineBinary":"${Buffer.from(littleEndianValue(dataSet, tag)).toString('base64')}"}`;
  }
  const values = jsonValues(dataSet, tag, vr);
  yield values.length === 0 ? `{"vr":"${vr}"}` : JSON.stringify({ vr, Value: values });
}

function* sequenceText(dataSet: ReadableDataSet, path: ElementPath, options: DicomJsonOptions): Generator<string> {
  const items = dataSet.items(path[path.length - 1]);
  if (items.length === 0) return yield '{"vr":"SQ"}';
  yield '{"vr":"SQ","Value":[';
  for (const [index, item] of items.entries()) {
    if (index > 0) yield ',';
    yield* objectText(item, [...path, index + 1], options);
  }
  yield ']}';
}
