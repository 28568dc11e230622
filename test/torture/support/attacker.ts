/** The hostile peer of a row: an enrolled centre's certificate in the wrong hands, and everything a raw socket can do. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import {
  RAW_CT,
  RawPeer,
  rawAssociateRequest,
  rawData,
  rawPdu,
  rawStoreRequest,
  readRawCommand,
} from '@modelbank/testing';
import type { PeerReply, RawAssociateRequest } from '@modelbank/testing';
import type { TorturePlace } from './torture-place';

/** The time within which every refusal must be seen, after the last byte. */
export const REFUSED_WITHIN_MS = 2_000;
const PIECE_BYTES = 120_000;
const COMMAND_LAST = 0x03;
const DATA_MORE = 0x00;
const DATA_LAST = 0x02;

export interface StoreOptions {
  readonly contextId?: number;
  readonly sopClassUid?: string;
  readonly messageId?: number;
}

export class Attacker {
  private readonly peers: RawPeer[] = [];

  constructor(
    readonly place: TorturePlace,
    /** Whose certificate it has. */
    readonly centreId: string,
    readonly aeTitle: string,
    readonly tls: ConnectionOptions,
  ) {}

  /** A TLS connection on which nothing was said yet. */
  async connect(tls: ConnectionOptions = this.tls): Promise<RawPeer> {
    const peer = await RawPeer.connect(this.place.hub.dimsePort, tls);
    this.peers.push(peer);
    return peer;
  }

  /** The same with the TCP connection below it at hand, which can be reset: Node cannot reset a TLS one. */
  async connectThroughWire(): Promise<{ readonly peer: RawPeer; readonly reset: () => void }> {
    const wire = connectTcp({ host: '127.0.0.1', port: this.place.hub.dimsePort });
    wire.on('error', () => undefined);
    await once(wire, 'connect');
    const secure = connectTls({ ...this.tls, socket: wire });
    const peer = new RawPeer(secure);
    await once(secure, 'secureConnect');
    this.peers.push(peer);
    return { peer, reset: () => wire.resetAndDestroy() };
  }

  request(more: RawAssociateRequest = {}): Buffer {
    return rawAssociateRequest({ callingAeTitle: this.aeTitle, maximumLength: 131_072, ...more });
  }

  /** A connection with an accepted association. */
  async associate(more: RawAssociateRequest = {}): Promise<RawPeer> {
    const peer = await this.connect();
    peer.send(this.request(more));
    const answer = await this.reply(peer);
    if (answer !== 'A-ASSOCIATE-AC') throw new Error(`no association: ${answer}`);
    return peer;
  }

  /** An association with the result of each of its presentation contexts (PS3.8 table 9-18). */
  async negotiate(
    more: RawAssociateRequest,
  ): Promise<{ readonly peer: RawPeer; readonly results: Map<number, number> }> {
    const peer = await this.connect();
    peer.send(this.request(more));
    const answer = await peer.next(REFUSED_WITHIN_MS);
    return { peer, results: answer === 'closed' ? new Map() : contextResults(answer.bytes) };
  }

  /** What comes next, in words. */
  async reply(peer: RawPeer, withinMs = REFUSED_WITHIN_MS): Promise<string> {
    return inWords(await peer.next(withinMs).catch(() => 'nothing' as const));
  }

  /** Sends bytes on a new connection and says what came back. */
  async sendBare(...bytes: readonly Buffer[]): Promise<string> {
    const peer = await this.connect();
    peer.send(...bytes);
    return this.reply(peer);
  }

  /** Associates, sends bytes and says what came back. */
  async sendAssociated(...bytes: readonly Buffer[]): Promise<string> {
    const peer = await this.associate();
    peer.send(...bytes);
    return this.reply(peer);
  }

  /** C-STORE of these bytes in an association of its own, released afterwards; the status. */
  async store(
    dataSet: Buffer,
    sopInstanceUid: string,
    options: StoreOptions & RawAssociateRequest = {},
  ): Promise<string> {
    const { contextId, sopClassUid, messageId, ...request } = options;
    const peer = await this.associate(request);
    const status = await this.storeOn(peer, dataSet, sopInstanceUid, { contextId, sopClassUid, messageId });
    await this.release(peer);
    return status;
  }

  async storeOn(peer: RawPeer, dataSet: Buffer, sopInstanceUid: string, options: StoreOptions = {}): Promise<string> {
    const { contextId = RAW_CT.id, sopClassUid, messageId } = options;
    peer.send(rawData(contextId, COMMAND_LAST, rawStoreRequest(sopInstanceUid, messageId, sopClassUid)));
    await this.sendDataSet(peer, dataSet, contextId);
    return this.reply(peer);
  }

  /** In pieces, each when there is room for it. */
  async sendDataSet(peer: RawPeer, dataSet: Buffer, contextId = RAW_CT.id): Promise<void> {
    for (let at = 0; (at === 0 || at < dataSet.length) && !peer.socket.destroyed; at += PIECE_BYTES) {
      const isLast = at + PIECE_BYTES >= dataSet.length;
      const pdu = rawData(contextId, isLast ? DATA_LAST : DATA_MORE, dataSet.subarray(at, at + PIECE_BYTES));
      if (!peer.socket.write(pdu)) await roomOf(peer);
    }
  }

  /** An orderly end, where the association still stands. */
  async release(peer: RawPeer): Promise<void> {
    if (peer.socket.destroyed) return;
    peer.send(rawPdu(0x05));
    await peer.next(REFUSED_WITHIN_MS).catch(() => undefined);
    // the one that asked closes (PS3.8 action AR-3): otherwise the hub waits for it
    peer.socket.end();
    await peer.closed(REFUSED_WITHIN_MS).catch(() => undefined);
  }

  /** Lets go of everything that a row has left open. */
  leave(): void {
    for (const peer of this.peers.splice(0)) peer.close();
  }
}

/** Resolves when more can be written, or when nothing more will be read. */
function roomOf({ socket }: RawPeer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

/** Items 21H of an A-ASSOCIATE-AC (PS3.8 section 9.3.3.2): id and result. */
function contextResults(accept: Buffer): Map<number, number> {
  const results = new Map<number, number>();
  for (let at = 74; at + 4 <= accept.length; at += 4 + accept.readUInt16BE(at + 2)) {
    if (accept[at] === 0x21) results.set(accept[at + 4], accept[at + 6]);
  }
  return results;
}

function inWords(reply: PeerReply | 'nothing'): string {
  if (typeof reply === 'string') return reply;
  const { type, bytes } = reply;
  switch (type) {
    case 0x02:
      return 'A-ASSOCIATE-AC';
    case 0x03:
      return `A-ASSOCIATE-RJ ${bytes[7]}/${bytes[8]}/${bytes[9]}`;
    case 0x04:
      return `0x${(readRawCommand(bytes).status ?? 0xffff).toString(16).toUpperCase().padStart(4, '0')}`;
    case 0x06:
      return 'A-RELEASE-RP';
    case 0x07:
      return `A-ABORT ${bytes[8]}/${bytes[9]}`;
    default:
      return `PDU ${type}`;
  }
}
