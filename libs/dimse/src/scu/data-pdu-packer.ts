/** PDUs filled to the length the peer takes, from a data set that is at hand or comes as a stream. */
import { writeDataHeaders } from '../pdu/encode-pdu';
import { PDU_HEADER_BYTES, PDV_HEADER_BYTES } from '../pdu/pdu';

const HEADERS = PDU_HEADER_BYTES + PDV_HEADER_BYTES;

/** Cuts a data set into P-DATA-TF PDUs of one PDV each; the last is known only at the end, so one is held back. */
export class DataPduPacker {
  private readonly contextId: number;
  private readonly pduBytes: number;
  private current: Buffer;
  private used = HEADERS;

  constructor(contextId: number, sendingLength: number) {
    this.contextId = contextId;
    // fragments have even length (PS3.8 Annex E.1)
    this.pduBytes = PDU_HEADER_BYTES + sendingLength - (sendingLength % 2);
    this.current = Buffer.allocUnsafe(this.pduBytes);
  }

  /** Full PDUs that can go now. */
  *pack(bytes: Buffer): Generator<Buffer> {
    for (let offset = 0; offset < bytes.length;) {
      if (this.used === this.pduBytes) yield this.takeFull();
      const copied = bytes.copy(this.current, this.used, offset);
      offset += copied;
      this.used += copied;
    }
  }

  /** The last PDU of the data set. */
  finish(): Buffer {
    const last = this.current.subarray(0, this.used);
    writeDataHeaders(last, this.contextId, false, true);
    return last;
  }

  private takeFull(): Buffer {
    const full = this.current;
    writeDataHeaders(full, this.contextId, false, false);
    this.current = Buffer.allocUnsafe(this.pduBytes);
    this.used = HEADERS;
    return full;
  }
}
