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

/** `value`: an implicit value that may turn out to be a sequence; its first item header decides. */
export type FrameKind = 'elements' | 'sequence' | 'fragments' | 'value';

/** The stack, without an object for each level; depth counts sequences (PS3.5 7.5), the way nesting bombs do. */
export class FrameStack {
  private readonly kinds: FrameKind[] = ['elements'];
  private readonly encodings: Encoding[];
  /** Offset after a level's last byte; Infinity when a delimiter ends it. */
  private readonly ends: number[] = [Infinity];
  /** The offset that nothing in a level may pass: its own end or that of a level around it. */
  private readonly limits: number[] = [Infinity];
  private depth = 0;
  private sequences = 0;

  constructor(
    encoding: Encoding,
    private readonly maximumNesting: number,
  ) {
    this.encodings = [encoding];
  }

  get onlyBase(): boolean {
    return this.depth === 0;
  }

  get kind(): FrameKind {
    return this.kinds[this.depth];
  }

  get encoding(): Encoding {
    return this.encodings[this.depth];
  }

  get end(): number {
    return this.ends[this.depth];
  }

  get limit(): number {
    return this.limits[this.depth];
  }

  push(kind: FrameKind, end: number, encoding: Encoding, tag: number): void {
    const around = this.limits[this.depth];
    if (end !== Infinity && end > around) {
      throw new DicomError('DATASET_MALFORMED', `${tagText(tag)} is longer than what encloses it`);
    }
    if (kind === 'sequence' && ++this.sequences > this.maximumNesting) {
      throw new DicomError('DATASET_TOO_DEEP', `sequences are nested deeper than ${this.maximumNesting}`);
    }
    this.depth += 1;
    this.kinds[this.depth] = kind;
    this.encodings[this.depth] = encoding;
    this.ends[this.depth] = end;
    this.limits[this.depth] = end < around ? end : around;
  }

  pop(): void {
    if (this.kinds[this.depth] === 'sequence') this.sequences -= 1;
    this.depth -= 1;
  }

  /** Closes every level of defined length that ends at the position. */
  closeAt(position: number): void {
    while (this.depth > 0 && this.ends[this.depth] === position) this.pop();
  }
}
