/**
 * A data set in a file as P-DATA-TF PDUs: read straight into buffers with room for the headers, which are used again when
 * the socket has taken them. Nothing is copied, and an object of any size costs these buffers only.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { writeDataHeaders } from '../pdu/encode-pdu';
import { PDU_HEADER_BYTES, PDV_HEADER_BYTES } from '../pdu/pdu';

const HEADERS = PDU_HEADER_BYTES + PDV_HEADER_BYTES;
/** Filled by one read. */
const PDUS_AT_ONCE = 4;
/** Two reads: one leaves while the other fills. */
const MOST_BUFFERS = 2 * PDUS_AT_ONCE;

export class PduBuffers {
  readonly pduBytes: number;
  private readonly free: Buffer[] = [];
  private made = 0;
  private wake: () => void = () => undefined;

  /** For PDUs of at most `sendingLength` bytes after their header; fragments have even length (PS3.8 Annex E.1). */
  constructor(sendingLength: number) {
    this.pduBytes = PDU_HEADER_BYTES + sendingLength - (sendingLength % 2);
  }

  /** One or more, at most `count`; nothing while all are on their way. */
  take(count: number): Buffer[] {
    const taken = this.free.splice(0, count);
    while (taken.length < count && this.made < MOST_BUFFERS) {
      taken.push(Buffer.allocUnsafeSlow(this.pduBytes));
      this.made += 1;
    }
    return taken;
  }

  give(buffer: Buffer): void {
    this.free.push(buffer);
    this.wake();
  }

  /** Resolves when one has come back. */
  returned(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }
}

export interface FilePduTarget {
  readonly contextId: number;
  readonly buffers: PduBuffers;
  /** Sends a PDU; `onTaken` is called when its buffer may be written again. */
  send(pdu: Buffer, onTaken: () => void): Promise<void>;
  /** Waits for the peer to take more. */
  waitForRoom(room: Promise<void>): Promise<void>;
}

/** Sends the file from `offset` to its end. Throws what reading and sending throw; a file that becomes shorter is a failure. */
export async function sendFilePdus(path: string, offset: number, target: FilePduTarget): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let position = Math.min(offset, size);
    do {
      const batch = await takeBuffers(target, size - position);
      position = await sendPiece(file, position, size, batch, target);
    } while (position < size);
  } finally {
    await file.close();
  }
}

async function takeBuffers({ buffers, waitForRoom }: FilePduTarget, bytes: number): Promise<Buffer[]> {
  const count = Math.max(1, Math.min(PDUS_AT_ONCE, Math.ceil(bytes / (buffers.pduBytes - HEADERS))));
  for (;;) {
    const taken = buffers.take(count);
    if (taken.length > 0) return taken;
    await waitForRoom(buffers.returned());
  }
}

/** The position after it. */
async function sendPiece(
  file: FileHandle,
  from: number,
  size: number,
  batch: readonly Buffer[],
  { contextId, buffers, send }: FilePduTarget,
): Promise<number> {
  const wanted = Math.min(size - from, batch.length * (buffers.pduBytes - HEADERS));
  const { bytesRead } = await file.readv(
    batch.map((buffer) => buffer.subarray(HEADERS)),
    from,
  );
  // a file that grows is sent as long as it was
  if (bytesRead < wanted) throw new Error('the file became shorter while it was read');
  let position = from;
  for (const buffer of batch) {
    const fragment = Math.min(buffers.pduBytes - HEADERS, size - position);
    const pdu = buffer.subarray(0, HEADERS + fragment);
    position += fragment;
    writeDataHeaders(pdu, contextId, false, position === size);
    await send(pdu, () => buffers.give(buffer));
  }
  return position;
}
