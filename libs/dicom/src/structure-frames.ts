/** The open levels of a data set while it is checked: data sets and items, sequences, and the fragments of pixel data. */
import { DicomError, tagText } from './dicom-error';
import type { TransferSyntax } from './transfer-syntaxes';

/** How elements of a level are encoded. */
export interface Encoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

/** Content of UN with undefined length is implicit little endian, whatever surrounds it (PS3.5 6.2.2). */
export const IMPLICIT_LITTLE_ENDIAN: Encoding = { explicitVr: false, littleEndian: true };

export function encodingOf(syntax: TransferSyntax): Encoding {
  return { explicitVr: syntax.explicitVr, littleEndian: syntax.littleEndian };
}

export interface Frame {
  /** `value`: an implicit value that may turn out to be a sequence; its first item header decides. */
  readonly kind: 'elements' | 'sequence' | 'fragments' | 'value';
  /** Offset after its last byte; Infinity until a delimiter says so. */
  readonly end: number;
  readonly encoding: Encoding;
}

/** A level with the offset that nothing in it may pass: its own end or that of a level around it. */
type OpenFrame = Frame & { readonly limit: number };

/** The stack; depth counts sequences (PS3.5 7.5), the way nesting bombs do. */
export class FrameStack {
  private readonly frames: OpenFrame[] = [];
  private sequences = 0;
  top: OpenFrame;

  constructor(
    base: Frame,
    private readonly maximumNesting: number,
  ) {
    this.top = { ...base, limit: base.end };
    this.frames.push(this.top);
  }

  get onlyBase(): boolean {
    return this.frames.length === 1;
  }

  push(frame: Frame, tag: number): void {
    if (frame.end !== Infinity && frame.end > this.top.limit) {
      throw new DicomError('DATASET_MALFORMED', `${tagText(tag)} is longer than what encloses it`);
    }
    if (frame.kind === 'sequence' && ++this.sequences > this.maximumNesting) {
      throw new DicomError('DATASET_TOO_DEEP', `sequences are nested deeper than ${this.maximumNesting}`);
    }
    this.top = { ...frame, limit: Math.min(frame.end, this.top.limit) };
    this.frames.push(this.top);
  }

  pop(): void {
    if (this.top.kind === 'sequence') this.sequences -= 1;
    this.frames.pop();
    this.top = this.frames[this.frames.length - 1];
  }

  /** Closes every level of defined length that ends at the position. */
  closeAt(position: number): void {
    while (this.top.end === position && !this.onlyBase) this.pop();
  }
}
