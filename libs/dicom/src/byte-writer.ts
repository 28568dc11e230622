/** A growing little-endian buffer whose lengths are filled in when they are known. */
export class ByteWriter {
  private buffer: Buffer;
  private used = 0;

  constructor(initialBytes = 4096) {
    this.buffer = Buffer.allocUnsafe(initialBytes);
  }

  get length(): number {
    return this.used;
  }

  uint16(value: number): void {
    this.used = this.reserve(2).writeUInt16LE(value, this.used);
  }

  uint32(value: number): void {
    this.used = this.reserve(4).writeUInt32LE(value, this.used);
  }

  /** Writes a 32-bit length over the zero that held its place until it was known. */
  patchUint32(at: number, value: number): void {
    this.buffer.writeUInt32LE(value, at);
  }

  ascii(text: string): void {
    this.used += this.reserve(text.length).write(text, this.used, 'latin1');
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.used);
    this.used += bytes.length;
  }

  /** What was written; the writer must not be used any more. */
  finish(): Uint8Array {
    return this.buffer.subarray(0, this.used);
  }

  private reserve(bytes: number): Buffer {
    if (this.used + bytes > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.used + bytes));
      this.buffer.copy(larger, 0, 0, this.used);
      this.buffer = larger;
    }
    return this.buffer;
  }
}
