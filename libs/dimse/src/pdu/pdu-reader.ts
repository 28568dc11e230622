/**
 * Bytes of a socket to PDU events, with bounded memory: the length of a PDU is checked before its body is read, and the
 * fragments of a P-DATA-TF (PS3.8 section 9.3.5) are handed on as they arrive, never collected.
 */
import { decodeAssociateAccept, decodeAssociateRequest } from './decode-associate';
import {
  ASSOCIATE_LENGTH_LIMIT,
  MAXIMUM_PDU_BYTES,
  PDU_HEADER_BYTES,
  PDU_TYPE,
  PDV_HEADER_BYTES,
  type PduEvent,
  type PduType,
} from './pdu';
import { ProtocolViolation } from './violation';

const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(PDU_TYPE));
/** Bits 0 and 1 of the message control header (PS3.8 Annex E.2). */
const COMMAND_BIT = 0x01;
const LAST_BIT = 0x02;

/** The longest PDUs that are taken, their headers not counted. */
export interface PduLengthLimits {
  /** A-ASSOCIATE-RQ and -AC. */
  readonly associateBytes: number;
  /** P-DATA-TF: what we told the peer. */
  readonly dataBytes: number;
}

export const DEFAULT_PDU_LENGTHS: PduLengthLimits = {
  associateBytes: ASSOCIATE_LENGTH_LIMIT,
  dataBytes: MAXIMUM_PDU_BYTES,
};

interface PduHeader {
  readonly type: PduType;
  readonly length: number;
}

interface OpenPdv {
  readonly contextId: number;
  readonly control: number;
  remaining: number;
}

/** A pull parser: `push` what the socket gave, then call `next` until it has nothing more. Throws ProtocolViolation. */
export class PduReader {
  /** The PDU types that the state machine can take now; any other ends the association at its first byte. */
  expected: ReadonlySet<PduType>;
  private readonly limits: PduLengthLimits;
  private readonly chunks: Buffer[] = [];
  private available = 0;
  private pdu?: PduHeader;
  /** Bytes of the open P-DATA-TF that belong to no PDV begun so far. */
  private dataRemaining = 0;
  private pdv?: OpenPdv;

  constructor(expected: ReadonlySet<PduType>, limits: PduLengthLimits) {
    this.expected = expected;
    this.limits = limits;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.available += chunk.length;
  }

  /** A PDU has begun and is not complete. */
  get insidePdu(): boolean {
    return this.pdu !== undefined || this.available > 0;
  }

  /** Forgets what has not been read: the association is over. */
  discard(): void {
    this.chunks.length = 0;
    this.available = 0;
  }

  next(): PduEvent | undefined {
    this.pdu ??= this.readHeader();
    if (this.pdu === undefined) return undefined;
    return this.pdu.type === PDU_TYPE.data ? this.nextPiece() : this.wholePdu(this.pdu);
  }

  private readHeader(): PduHeader | undefined {
    if (this.available === 0) return undefined;
    const type = this.chunks[0][0];
    if (!KNOWN_TYPES.has(type)) throw new ProtocolViolation('unrecognisedPdu', `PDU type ${type} does not exist`);
    if (!this.expected.has(type as PduType)) {
      throw new ProtocolViolation('unexpectedPdu', `PDU type ${type} is not expected in this state`);
    }
    const header = this.take(PDU_HEADER_BYTES);
    if (header === undefined) return undefined;
    const length = header.readUInt32BE(2);
    this.requireLength(type as PduType, length);
    if (type === PDU_TYPE.data) this.dataRemaining = length;
    return { type: type as PduType, length };
  }

  private requireLength(type: PduType, length: number): void {
    const within = (least: number, most: number) => length >= least && length <= most;
    const isAssociate = type === PDU_TYPE.associateRequest || type === PDU_TYPE.associateAccept;
    const valid = isAssociate
      ? within(0, this.limits.associateBytes)
      : type === PDU_TYPE.data
        ? within(PDV_HEADER_BYTES, this.limits.dataBytes)
        : within(4, 4);
    if (!valid) throw new ProtocolViolation('invalidParameter', `a PDU of type ${type} cannot have length ${length}`);
  }

  private wholePdu({ type, length }: PduHeader): PduEvent | undefined {
    const body = this.take(length);
    if (body === undefined) return undefined;
    this.pdu = undefined;
    switch (type) {
      case PDU_TYPE.associateRequest:
        return { type: 'associateRequest', request: decodeAssociateRequest(body) };
      case PDU_TYPE.associateAccept:
        return { type: 'associateAccept', accept: decodeAssociateAccept(body) };
      case PDU_TYPE.associateReject:
        return { type: 'associateReject', rejection: { result: body[1], source: body[2], reason: body[3] } };
      case PDU_TYPE.releaseRequest:
        return { type: 'releaseRequest' };
      case PDU_TYPE.releaseResponse:
        return { type: 'releaseResponse' };
      default:
        return { type: 'abort', abort: { source: body[2], reason: body[3] } };
    }
  }

  private nextPiece(): PduEvent | undefined {
    this.pdv ??= this.readPdvHeader();
    const pdv = this.pdv;
    if (pdv === undefined || (pdv.remaining > 0 && this.available === 0)) return undefined;
    const bytes = this.takeUpTo(pdv.remaining);
    pdv.remaining -= bytes.length;
    const pdvEnds = pdv.remaining === 0;
    if (pdvEnds) this.pdv = undefined;
    if (pdvEnds && this.dataRemaining === 0) this.pdu = undefined;
    return {
      type: 'data',
      contextId: pdv.contextId,
      isCommand: (pdv.control & COMMAND_BIT) !== 0,
      endOfMessage: pdvEnds && (pdv.control & LAST_BIT) !== 0,
      bytes,
    };
  }

  private readPdvHeader(): OpenPdv | undefined {
    if (this.dataRemaining < PDV_HEADER_BYTES) {
      throw new ProtocolViolation('invalidParameter', 'a P-DATA-TF ends inside the header of a PDV');
    }
    const header = this.take(PDV_HEADER_BYTES);
    if (header === undefined) return undefined;
    const itemLength = header.readUInt32BE(0);
    this.dataRemaining -= 4;
    if (itemLength < 2 || itemLength > this.dataRemaining) {
      throw new ProtocolViolation('invalidParameter', `a PDV cannot have length ${itemLength} here`);
    }
    this.dataRemaining -= itemLength;
    return { contextId: header[4], control: header[5], remaining: itemLength - 2 };
  }

  /** Exactly `count` bytes in one buffer, or nothing while they have not all arrived. */
  private take(count: number): Buffer | undefined {
    if (this.available < count) return undefined;
    const first = this.chunks[0];
    if (first !== undefined && first.length >= count) return this.takeUpTo(count);
    const parts: Buffer[] = [];
    for (let missing = count; missing > 0;) {
      const part = this.takeUpTo(missing);
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts, count);
  }

  /** At most `count` bytes without copying: what is left of the oldest chunk. */
  private takeUpTo(count: number): Buffer {
    const first = this.chunks[0];
    if (count === 0 || first === undefined) return Buffer.alloc(0);
    if (first.length <= count) {
      this.chunks.shift();
      this.available -= first.length;
      return first;
    }
    this.chunks[0] = first.subarray(count);
    this.available -= count;
    return first.subarray(0, count);
  }
}
