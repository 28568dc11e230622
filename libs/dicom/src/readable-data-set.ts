/**
 * Typed access to the elements of a data set, by keyword or tag, whatever its encoding. Values are decoded when asked for.
 * Odd spellings never throw: a number that is none reads as NaN, a UID that is none as undefined.
 */
import { characterSetOf, type CharacterSet } from './character-sets';
import { decimalValues } from './decimal-values';
import { isUsOrSs, tagOf, type ElementName } from './dictionary/dictionary';
import { scanElements, scanItems, type Level, type ScannedElement } from './element-scan';
import { isUid, type Uid } from './uid';
import { unpadUid } from './uid-capture';
import { BINARY_VALUE_BYTES, isEncodedText, isMultiValued, type Vr } from './value-representations';

export class ReadableDataSet {
  private readonly elements: ReadonlyMap<number, ScannedElement>;
  private readonly characterSet: CharacterSet;
  private readonly signedPixels: boolean;

  constructor(
    private readonly level: Level,
    options: { readonly around?: ReadableDataSet; readonly stopsAt?: (tag: number) => boolean } = {},
  ) {
    this.elements = scanElements(level, options.stopsAt);
    const terms = this.elements.has(0x00080005) ? latin1Values(this.rawBytes(0x00080005)) : undefined;
    this.characterSet =
      terms === undefined ? (options.around?.characterSet ?? characterSetOf([])) : characterSetOf(terms);
    this.signedPixels = (this.number('PixelRepresentation') ?? Number(options.around?.signedPixels ?? 0)) === 1;
  }

  /** The tags that are there, in the order of the data set. */
  get tags(): readonly number[] {
    return [...this.elements.keys()];
  }

  /** False where SpecificCharacterSet names a set that nobody knows: text was read as Latin-1. */
  get characterSetKnown(): boolean {
    return this.characterSet.known;
  }

  has(name: ElementName): boolean {
    return this.elements.has(tagOf(name));
  }

  /** As encoded, else of the dictionary. */
  vr(name: ElementName): Vr | undefined {
    const element = this.elements.get(tagOf(name));
    return element && this.valueVr(element);
  }

  /** The element's place in the file, for pixel data. */
  element(name: ElementName): ScannedElement | undefined {
    return this.elements.get(tagOf(name));
  }

  /** The value's bytes as they are; undefined for a missing element. */
  bytes(name: ElementName): Uint8Array | undefined {
    return this.has(name) ? this.rawBytes(tagOf(name)) : undefined;
  }

  /** The first text value in Unicode without its padding; undefined when the element is missing or empty. */
  text(name: ElementName): string | undefined {
    return this.texts(name)[0] || undefined;
  }

  /** All text values; numbers of binary VRs as text. */
  texts(name: ElementName): readonly string[] {
    const element = this.elements.get(tagOf(name));
    if (element === undefined || element.vr === 'SQ' || element.end === element.start) return [];
    if (isBinary(element.vr)) return this.numbers(name).map(String);
    const raw = this.rawBytes(element.tag);
    if (element.vr === 'UI') return latin1(raw).split('\\').map(unpadUid);
    const text = isEncodedText(element.vr) || element.vr === 'UN' ? this.characterSet.decode(raw) : latin1(raw);
    return isMultiValued(element.vr) ? text.split('\\').map(trimValue) : [text.replace(/[ \0]{1,64}$/, '')];
  }

  /** The first number; undefined when there is none, NaN where it cannot be read as one. */
  number(name: ElementName): number | undefined {
    return this.numbers(name)[0];
  }

  /** All numbers: of DS and IS, of the binary VRs, and of UN by the dictionary (else as text). NaN where a value cannot be read as one. */
  numbers(name: ElementName): readonly number[] {
    const element = this.elements.get(tagOf(name));
    if (element === undefined || element.vr === 'SQ' || element.end === element.start) return [];
    if (isBinary(element.vr)) return binaryNumbers(this.level.view, element, this.valueVr(element));
    return decimalValues(this.rawBytes(element.tag));
  }

  /** The first value as a UID; undefined when it is missing or is not one. */
  uid(name: ElementName): Uid | undefined {
    const text = this.texts(name)[0];
    return isUid(text) ? text : undefined;
  }

  /** The items of a sequence; none when the element is missing or is no sequence. */
  items(name: ElementName): readonly ReadableDataSet[] {
    const element = this.elements.get(tagOf(name));
    if (element?.vr !== 'SQ') return [];
    return scanItems(this.level.view, element, this.level.depth + 1).map(
      (level) => new ReadableDataSet(level, { around: this }),
    );
  }

  /** US or SS by PixelRepresentation where the encoding does not say which (PS3.6, "US or SS"). */
  private valueVr(element: ScannedElement): Vr {
    return this.signedPixels && !element.vrStated && isUsOrSs(element.tag) ? 'SS' : element.vr;
  }

  private rawBytes(tag: number): Uint8Array {
    const { buffer, byteOffset } = this.level.view;
    const element = this.elements.get(tag);
    if (element === undefined) return new Uint8Array(0);
    return new Uint8Array(buffer, byteOffset + element.start, element.end - element.start);
  }
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const latin1Values = (bytes: Uint8Array) => latin1(bytes).split('\\').map(trimValue);

/** Leading and trailing spaces mean nothing in multi-valued text (PS3.5 6.2); NULs are a common wrong padding. */
function trimValue(value: string): string {
  let start = 0;
  let end = value.length;
  while (end > start && isPadding(value.charCodeAt(end - 1))) end -= 1;
  while (start < end && isPadding(value.charCodeAt(start))) start += 1;
  return value.slice(start, end);
}

const isPadding = (code: number) => code === 0x20 || code === 0x00;

/** UN of an element that nobody knows is more often text than numbers. */
const isBinary = (vr: Vr) => vr !== 'UN' && BINARY_VALUE_BYTES[vr] !== undefined;

function binaryNumbers(view: DataView, { start, end, encoding }: ScannedElement, vr: Vr): number[] {
  const size = BINARY_VALUE_BYTES[vr] ?? 1;
  const little = encoding.littleEndian;
  const numbers: number[] = [];
  for (let at = start; at + size <= end; at += size) numbers.push(binaryNumber(view, vr, at, little));
  return numbers;
}

function binaryNumber(view: DataView, vr: Vr, at: number, little: boolean): number {
  switch (vr) {
    case 'US':
    case 'OW':
      return view.getUint16(at, little);
    case 'SS':
      return view.getInt16(at, little);
    case 'UL':
    case 'OL':
      return view.getUint32(at, little);
    case 'SL':
      return view.getInt32(at, little);
    case 'FL':
    case 'OF':
      return view.getFloat32(at, little);
    case 'FD':
    case 'OD':
      return view.getFloat64(at, little);
    case 'SV':
      return Number(view.getBigInt64(at, little));
    case 'UV':
    case 'OV':
      return Number(view.getBigUint64(at, little));
    case 'AT':
      return ((view.getUint16(at, little) << 16) | view.getUint16(at + 2, little)) >>> 0;
    default:
      return view.getUint8(at);
  }
}
