/** What the hub's thread and a writing thread say to each other about one object on its way to disk. Buffers are handed over, not copied. */

/** A piece of the object, in order. `used` bytes of the buffer count; it comes back in the answer, to be filled again. */
export interface WritePiece {
  readonly kind: 'piece';
  readonly upload: number;
  readonly partPath: string;
  readonly buffer: ArrayBuffer;
  readonly used: number;
  /** The piece is the last one: rename to this path, sync, and say the digest. */
  readonly commitTo?: string;
}

/** The object is not wanted: close and delete what there is of it. */
export interface DiscardUpload {
  readonly kind: 'discard';
  readonly upload: number;
}

export type WritingRequest = WritePiece | DiscardUpload;

export interface WrittenObject {
  /** SHA-256 of all bytes, hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Error code and message of the file system. */
export interface WritingFailure {
  readonly code?: string;
  readonly message: string;
}

export type WritingAnswer = WritingOutcome & {
  readonly upload: number;
  /** Of a piece. */
  readonly buffer?: ArrayBuffer;
};

interface WritingOutcome {
  /** Of the last piece. */
  readonly written?: WrittenObject;
  readonly failure?: WritingFailure;
}
