/**
 * Reads the elements of one level of a data set (PS3.5 section 7) without reading what is nested in them: a sequence is
 * stepped over and read when it is asked for. Depth is bounded; a prefix of a file gives the elements that are whole.
 *
 * Why not a library: dicom-parser 1.8.21 takes the 32-bit lengths of OV, SV and UV for 16-bit ones and loses its way, so a
 * file with an extended offset table cannot be read with it.
 */
import { DicomError, tagText } from './dicom-error';
import { dictionaryVr } from './dictionary/dictionary';
import { IMPLICIT_LITTLE_ENDIAN, type Encoding } from './structure-frames';
import {
  hasLongLength,
  ITEM,
  ITEM_DELIMITATION,
  PIXEL_DATA,
  SEQUENCE_DELIMITATION,
  UNDEFINED_LENGTH,
  vrOfCode,
  type Vr,
} from './value-representations';

export interface ScannedElement {
  readonly tag: number;
  /** As encoded, or of the dictionary for implicit VR and UN; `UN` when nobody knows. */
  readonly vr: Vr;
  /** The encoding says the VR; else it is the dictionary's. */
  readonly vrStated: boolean;
  /** Offset of the value. */
  readonly start: number;
  /** Offset after the value (before the delimiter where the length was undefined). */
  readonly end: number;
  /** The value goes until a delimiter: a sequence, or encapsulated pixel data. */
  readonly undefinedLength: boolean;
  /** How its items are encoded. */
  readonly encoding: Encoding;
}

/** The bytes of a level: all of it, or as much as a prefix has. */
export interface Level {
  readonly view: DataView;
  readonly start: number;
  /** Offset after the level, Infinity when a delimiter ends it. */
  readonly end: number;
  readonly encoding: Encoding;
  readonly depth: number;
}

export const MAXIMUM_NESTING = 64;
/** Real instances have a few hundred at their top; each costs memory while it is open. */
const MAXIMUM_ELEMENTS_PER_LEVEL = 100_000;

/** The value, or the next header, goes on after the last byte that we have. */
class EndOfBytes extends Error {}

/** The whole elements of a level, by tag; the first wins where one is there twice. Stops where `stopsAt` says so. */
export function scanElements(
  level: Level,
  stopsAt: (tag: number) => boolean = never,
): ReadonlyMap<number, ScannedElement> {
  const elements = new Map<number, ScannedElement>();
  try {
    walk(level, stopsAt, (element) => {
      if (elements.size >= MAXIMUM_ELEMENTS_PER_LEVEL) {
        throw new DicomError('DATASET_TOO_LARGE', `a level has more than ${MAXIMUM_ELEMENTS_PER_LEVEL} elements`);
      }
      if (!elements.has(element.tag)) elements.set(element.tag, element);
    });
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
  }
  return elements;
}

/**
 * The header of the first element that `isWanted` names; its value may go on beyond the bytes. Undefined where there is none, or
 * where the bytes end before it.
 */
export function scanHeader(level: Level, isWanted: (tag: number) => boolean): ScannedElement | undefined {
  try {
    const at = walk(level, isWanted, never);
    return at < level.view.byteLength ? elementHeader(level.view, at, level.encoding) : undefined;
  } catch (error) {
    if (error instanceof EndOfBytes) return undefined;
    throw error;
  }
}

/** The items of a sequence, each as a level of its own; the last may be cut short in a prefix. */
export function scanItems(view: DataView, sequence: ScannedElement, depth: number): Level[] {
  checkDepth(depth);
  const items: Level[] = [];
  let at = sequence.start;
  try {
    while (at < Math.min(sequence.end, view.byteLength)) {
      const header = itemHeader(view, at, sequence.encoding.littleEndian);
      if (header.tag === SEQUENCE_DELIMITATION) break;
      const level = itemLevel(view, at, header, sequence.encoding, depth);
      items.push(level);
      at = endOfItem(level);
    }
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
  }
  return items;
}

/** One piece of encapsulated pixel data; the first one is the basic offset table (PS3.5 A.4). */
export interface Fragment {
  readonly start: number;
  readonly end: number;
}

/** The fragments of an element of undefined length that was scanned whole. */
export function scanFragments(view: DataView, element: ScannedElement): Fragment[] {
  const fragments: Fragment[] = [];
  let at = element.start;
  while (at < element.end) {
    const start = at + 8;
    at = start + itemHeader(view, at, element.encoding.littleEndian).length;
    fragments.push({ start, end: at });
  }
  return fragments;
}

/** Visits the elements in order, each when its end is known; returns the offset after the level's last byte. */
function walk(level: Level, stopsAt: (tag: number) => boolean, visit: (element: ScannedElement) => void): number {
  const { view, encoding } = level;
  let at = level.start;
  while (at < level.end) {
    if (at >= view.byteLength && level.depth === 0) return at;
    const header = elementHeader(view, at, encoding);
    if (header.tag === ITEM_DELIMITATION && level.end === Infinity) return at + 8;
    if (header.tag >>> 16 === 0xfffe) throw malformed(header.tag, at);
    if (stopsAt(header.tag)) return at;
    const after = header.undefinedLength ? endOfSequence(view, header, level.depth + 1) : header.end;
    if (after > level.end) throw malformed(header.tag, at);
    if (after > view.byteLength) throw new EndOfBytes();
    visit(header.undefinedLength ? { ...header, end: after - 8 } : header);
    at = after;
  }
  return at;
}

function elementHeader(view: DataView, at: number, encoding: Encoding): ScannedElement {
  if (at + 8 > view.byteLength) throw new EndOfBytes();
  const little = encoding.littleEndian;
  const tag = ((view.getUint16(at, little) << 16) | view.getUint16(at + 2, little)) >>> 0;
  let vr: Vr | undefined;
  let start = at + 8;
  let length: number;
  if (!encoding.explicitVr || tag >>> 16 === 0xfffe) length = view.getUint32(at + 4, little);
  else {
    vr = vrOfCode(view.getUint8(at + 4), view.getUint8(at + 5));
    if (vr === undefined) throw malformed(tag, at);
    if (!hasLongLength(vr)) length = view.getUint16(at + 6, little);
    else {
      if (at + 12 > view.byteLength) throw new EndOfBytes();
      start = at + 12;
      length = view.getUint32(at + 8, little);
    }
  }
  return describe(view, { tag, vr, start, length, encoding });
}

interface RawElement {
  readonly tag: number;
  readonly vr: Vr | undefined;
  readonly start: number;
  readonly length: number;
  readonly encoding: Encoding;
}

/** Gives UN and implicit elements the VR of the dictionary; UN holds implicit little endian (PS3.5 6.2.2). */
function describe(view: DataView, raw: RawElement): ScannedElement {
  const undefinedLength = raw.length === UNDEFINED_LENGTH;
  const encoding = raw.vr === 'UN' ? IMPLICIT_LITTLE_ENDIAN : raw.encoding;
  let vr = raw.vr === undefined || raw.vr === 'UN' ? dictionaryVr(raw.tag) : raw.vr;
  if (raw.vr === 'UN' && undefinedLength) vr = 'SQ';
  vr ??= undefinedLength || beginsWithItem(view, raw) ? 'SQ' : 'UN';
  const end = undefinedLength ? Infinity : raw.start + raw.length;
  const vrStated = raw.vr !== undefined && raw.vr !== 'UN';
  return { tag: raw.tag, vr, vrStated, start: raw.start, end, undefinedLength, encoding };
}

function beginsWithItem(view: DataView, { start, length, encoding }: RawElement): boolean {
  if (length < 8 || start + 4 > view.byteLength) return false;
  const little = encoding.littleEndian;
  return view.getUint16(start, little) === 0xfffe && view.getUint16(start + 2, little) === 0xe000;
}

/** Ends that were found by walking, by where they begin: else each level of a deep nesting would walk all below it again. */
const foundEnds = new WeakMap<DataView, Map<number, number>>();
/** Shorter ones are walked again: remembering each item of a structure set would cost more than it saves. */
const WORTH_REMEMBERING_BYTES = 4096;

function rememberedEnd(view: DataView, start: number, find: () => number): number {
  const known = foundEnds.get(view)?.get(start);
  if (known !== undefined) return known;
  const end = find();
  if (end - start < WORTH_REMEMBERING_BYTES) return end;
  const ends = foundEnds.get(view) ?? new Map<number, number>();
  foundEnds.set(view, ends.set(start, end));
  return end;
}

/** The offset after the delimiter of a sequence, or of fragments, of undefined length. */
function endOfSequence(view: DataView, sequence: ScannedElement, depth: number): number {
  checkDepth(depth);
  return rememberedEnd(view, sequence.start, () => walkItems(view, sequence, depth));
}

function walkItems(view: DataView, sequence: ScannedElement, depth: number): number {
  const isFragments = sequence.vr !== 'SQ';
  if (isFragments && sequence.tag !== PIXEL_DATA) throw malformed(sequence.tag, sequence.start);
  let at = sequence.start;
  for (;;) {
    const header = itemHeader(view, at, sequence.encoding.littleEndian);
    if (header.tag === SEQUENCE_DELIMITATION) return at + 8;
    if (header.tag !== ITEM) throw malformed(header.tag, at);
    if (header.length !== UNDEFINED_LENGTH) at += 8 + header.length;
    else if (isFragments) throw malformed(header.tag, at);
    else at = endOfItem(itemLevel(view, at, header, sequence.encoding, depth));
    if (at > view.byteLength) throw new EndOfBytes();
  }
}

interface ItemHeader {
  readonly tag: number;
  readonly length: number;
}

function itemHeader(view: DataView, at: number, little: boolean): ItemHeader {
  if (at + 8 > view.byteLength) throw new EndOfBytes();
  const tag = ((view.getUint16(at, little) << 16) | view.getUint16(at + 2, little)) >>> 0;
  return { tag, length: view.getUint32(at + 4, little) };
}

function itemLevel(view: DataView, at: number, header: ItemHeader, encoding: Encoding, depth: number): Level {
  if (header.tag !== ITEM) throw malformed(header.tag, at);
  const end = header.length === UNDEFINED_LENGTH ? Infinity : at + 8 + header.length;
  return { view, start: at + 8, end, encoding, depth };
}

function endOfItem(item: Level): number {
  if (item.end !== Infinity) return item.end;
  return rememberedEnd(item.view, item.start, () => walk(item, never, never));
}

const never = () => false;

function checkDepth(depth: number): void {
  if (depth > MAXIMUM_NESTING) {
    throw new DicomError('DATASET_TOO_DEEP', `sequences are nested deeper than ${MAXIMUM_NESTING}`);
  }
}

function malformed(tag: number, at: number): DicomError {
  return new DicomError('DATASET_MALFORMED', `${tagText(tag)} is not expected at byte ${at}`);
}
