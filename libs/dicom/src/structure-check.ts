/**
 * One streaming pass over a data set as it arrives (PS3.5 section 7): every length against what encloses it, nesting, number
 * and size of elements. Iterative and in bounded memory, so that no parser behind it ever meets a bomb; value bytes are
 * skipped, not copied. Captures the UIDs that intake needs before anything is stored.
 */
import { countByte } from './count-byte';
import { DicomError, tagText } from './dicom-error';
import { definitionOf } from './dictionary/dictionary';
import { UidCapture, type InstanceUids } from './uid-capture';
import { encodingOf, FrameStack, IMPLICIT_LITTLE_ENDIAN, type Encoding } from './structure-frames';
import { transferSyntaxOf } from './transfer-syntaxes';
import {
  codeHasLongLength,
  ITEM,
  ITEM_DELIMITATION,
  PIXEL_DATA,
  SEQUENCE_DELIMITATION,
  UNDEFINED_LENGTH,
  vrOfCode,
  type Vr,
} from './value-representations';

export interface StructureLimits {
  readonly nesting: number;
  /** Elements, items and fragments together. */
  readonly elements: number;
  /** Bytes of one element that is not pixel data. */
  readonly elementBytes: number;
  /** Bytes of the whole data set. */
  readonly dataSetBytes: number;
  /** Of all ContourData together (PS3.3 C.8.8.6), three coordinates each. */
  readonly contourPoints: number;
}

export const STRUCTURE_LIMITS: StructureLimits = {
  nesting: 64,
  elements: 5_000_000,
  elementBytes: 64 * 1024 * 1024,
  dataSetBytes: 2 * 1024 * 1024 * 1024,
  contourPoints: 10_000_000,
};

export interface StructureSummary extends InstanceUids {
  /** Where the header of PixelData (or its float kin) begins, from the start of the data set. */
  readonly pixelDataOffset?: number;
  readonly byteLength: number;
  readonly elementCount: number;
}

/** FloatPixelData, DoubleFloatPixelData, PixelData (PS3.3 C.7.6.3, C.7.6.24, C.7.6.25). */
const isPixelData = (tag: number) => tag === PIXEL_DATA || tag === 0x7fe00008 || tag === 0x7fe00009;

const CONTOUR_DATA = 0x30060050;
const BACKSLASH = 0x5c;

export class StructureCheck {
  private readonly limits: StructureLimits;
  private readonly stack: FrameStack;
  private readonly uids = new UidCapture();
  /** The first bytes of a header that the chunk before ended in. */
  private readonly carry = new Uint8Array(12);
  private readonly carryView = new DataView(this.carry.buffer);
  private carried = 0;
  /** Value bytes still to come. */
  private skip = 0;
  private position = 0;
  private elementCount = 0;
  private pixelDataStartsAt?: number;
  /** The value that is skipped is ContourData: its backslashes are counted. */
  private inContourData = false;
  private coordinates = 0;

  /** Throws DATASET_MALFORMED for a transfer syntax that is not accepted. */
  constructor(transferSyntaxUid: string, limits: Partial<StructureLimits> = {}) {
    const syntax = transferSyntaxOf(transferSyntaxUid);
    if (syntax === undefined) throw new DicomError('DATASET_MALFORMED', 'not an accepted transfer syntax');
    this.limits = { ...STRUCTURE_LIMITS, ...limits };
    this.stack = new FrameStack(encodingOf(syntax), this.limits.nesting);
  }

  /** Where the header of the pixel data begins, as soon as it was met. */
  get pixelDataOffset(): number | undefined {
    return this.pixelDataStartsAt;
  }

  /** Takes the next bytes; throws a DicomError at the first violation. */
  push(chunk: Uint8Array): void {
    if (this.position + this.carried + chunk.length > this.limits.dataSetBytes) {
      throw new DicomError('DATASET_TOO_LARGE', `the data set is longer than ${this.limits.dataSetBytes} bytes`);
    }
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < chunk.length) {
      if (this.skip > 0) at += this.skipValue(chunk, at);
      else if (this.carried === 0 && chunk.length - at >= 12) at += this.readHeader(view, at, 12);
      else {
        this.carry[this.carried++] = chunk[at++];
        if (this.readHeader(this.carryView, 0, this.carried) > 0) this.carried = 0;
      }
    }
  }

  /** Ends the data set. Throws DATASET_TRUNCATED when something is still open. */
  finish(): StructureSummary {
    this.stack.closeAt(this.position);
    if (this.skip > 0 || this.carried > 0 || !this.stack.onlyBase || this.elementCount === 0) {
      throw new DicomError('DATASET_TRUNCATED', `the data set ends in the middle, at byte ${this.position}`);
    }
    return {
      ...this.uids.values,
      pixelDataOffset: this.pixelDataStartsAt,
      byteLength: this.position,
      elementCount: this.elementCount,
    };
  }

  private skipValue(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.skip, chunk.length - at);
    if (this.uids.active) this.uids.take(chunk.subarray(at, at + taken));
    if (this.inContourData) this.countCoordinates(countByte(chunk.subarray(at, at + taken), BACKSLASH));
    this.skip -= taken;
    this.position += taken;
    if (this.skip === 0) {
      this.inContourData = false;
      if (this.uids.active) this.uids.end();
    }
    return taken;
  }

  private countCoordinates(more: number): void {
    this.coordinates += more;
    if (this.coordinates > 3 * this.limits.contourPoints) {
      throw new DicomError('DATASET_TOO_LARGE', `there are more than ${this.limits.contourPoints} contour points`);
    }
  }

  /** Reads one header of 8 or 12 bytes. Returns the bytes it used, 0 when it needs more than there are. */
  private readHeader(view: DataView, at: number, available: number): number {
    if (available < 8) return 0;
    this.stack.closeAt(this.position);
    const { kind, encoding } = this.stack;
    if (this.position + 8 > this.stack.limit) {
      throw new DicomError('DATASET_MALFORMED', `an element at byte ${this.position} passes the end of its item`);
    }
    const little = encoding.littleEndian;
    const tag = ((view.getUint16(at, little) << 16) | view.getUint16(at + 2, little)) >>> 0;
    let used = 8;
    if (kind === 'value' && tag !== ITEM) this.opaqueValue();
    else if (kind !== 'elements' || tag >>> 16 === 0xfffe) this.readItemTag(tag, view.getUint32(at + 4, little));
    else if (!encoding.explicitVr) this.readElement(tag, undefined, view.getUint32(at + 4, little), 8);
    else {
      const [first, second] = [view.getUint8(at + 4), view.getUint8(at + 5)];
      const vr = vrOfCode(first, second);
      if (vr === undefined) throw new DicomError('DATASET_MALFORMED', `${tagText(tag)} has no known VR`);
      if (!codeHasLongLength(first, second)) this.readElement(tag, vr, view.getUint16(at + 6, little), 8);
      else if (available < 12) return 0;
      else {
        this.readElement(tag, vr, view.getUint32(at + 8, little), 12);
        used = 12;
      }
    }
    this.position += used;
    return used;
  }

  /** The value did not begin with an item: it is no sequence, and the 8 bytes just read belong to it. */
  private opaqueValue(): void {
    const { end } = this.stack;
    this.stack.pop();
    this.skip = end - this.position - 8;
  }

  private readElement(tag: number, vr: Vr | undefined, length: number, headerBytes: number): void {
    this.count();
    if (tag >>> 16 < 0x0004 || tag >>> 16 === 0xffff) {
      throw new DicomError('DATASET_MALFORMED', `${tagText(tag)} does not belong into a data set`);
    }
    if (this.stack.onlyBase) {
      if (isPixelData(tag)) this.pixelDataStartsAt = this.position;
      this.uids.begin(tag, length);
    }
    const start = this.position + headerBytes;
    if (length === UNDEFINED_LENGTH) return this.openUndefined(tag, vr);
    if (length % 2 !== 0) throw new DicomError('DATASET_MALFORMED', `${tagText(tag)} has an odd length`);
    const { encoding } = this.stack;
    if (vr === 'SQ' || (vr === undefined && definitionOf(tag)?.vr === 'SQ')) {
      this.stack.push('sequence', start + length, encoding, tag);
    } else if (vr === undefined && length >= 8 && mayBeSequence(tag)) {
      this.limitValue(tag, start, length);
      this.stack.push('value', start + length, encoding, tag);
    } else {
      this.limitValue(tag, start, length);
      this.skip = length;
      if (tag === CONTOUR_DATA && length > 0) {
        this.inContourData = true;
        this.countCoordinates(1);
      }
    }
  }

  private openUndefined(tag: number, vr: Vr | undefined): void {
    const { encoding } = this.stack;
    const isSequence = vr === 'SQ' || (vr === undefined && (definitionOf(tag)?.vr ?? 'SQ') === 'SQ');
    if (isSequence) this.stack.push('sequence', Infinity, encoding, tag);
    else if (vr === 'UN') this.stack.push('sequence', Infinity, IMPLICIT_LITTLE_ENDIAN, tag);
    else if (tag === PIXEL_DATA && (vr === 'OB' || vr === 'OW')) {
      this.stack.push('fragments', Infinity, encoding, tag);
    } else throw new DicomError('DATASET_MALFORMED', `${tagText(tag)} must state its length`);
  }

  /** An item, a fragment or a delimiter: what is allowed depends on the open level (PS3.5 7.5). */
  private readItemTag(tag: number, length: number): void {
    this.count();
    const { kind, end, encoding } = this.stack;
    const start = this.position + 8;
    if (tag === ITEM && kind === 'fragments' && length !== UNDEFINED_LENGTH && length % 2 === 0) {
      this.skip = length;
    } else if (tag === ITEM && (kind === 'sequence' || kind === 'value')) {
      if (kind === 'value') this.becomeSequence(end, encoding);
      const itemEnd = length === UNDEFINED_LENGTH ? Infinity : start + length;
      this.stack.push('elements', itemEnd, encoding, tag);
    } else if (length === 0 && end === Infinity && !this.stack.onlyBase && tag === delimiterOf(kind)) {
      this.stack.pop();
    } else throw new DicomError('DATASET_MALFORMED', `${tagText(tag)} is not expected at byte ${this.position}`);
  }

  private becomeSequence(end: number, encoding: Encoding): void {
    this.stack.pop();
    this.stack.push('sequence', end, encoding, ITEM);
  }

  private limitValue(tag: number, start: number, length: number): void {
    if (start + length > this.stack.limit) {
      throw new DicomError('DATASET_MALFORMED', `${tagText(tag)} is longer than what encloses it`);
    }
    if (length > this.limits.elementBytes && !isPixelData(tag)) {
      throw new DicomError('DATASET_TOO_LARGE', `${tagText(tag)} is longer than ${this.limits.elementBytes} bytes`);
    }
  }

  private count(): void {
    if (++this.elementCount > this.limits.elements) {
      throw new DicomError('DATASET_TOO_LARGE', `the data set has more than ${this.limits.elements} elements`);
    }
  }
}

const delimiterOf = (kind: string) => (kind === 'elements' ? ITEM_DELIMITATION : SEQUENCE_DELIMITATION);

/** An implicit element whose VR we do not know: private or newer than the dictionary. */
const mayBeSequence = (tag: number) => !isPixelData(tag) && definitionOf(tag) === undefined;
