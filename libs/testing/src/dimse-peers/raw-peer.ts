/** A peer on a raw socket that sends what a script says and shows what comes back, PDU by PDU. */
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

const DEFAULT_WAIT_MS = 4_000;

/** What the other side did: one whole PDU, or the end of the connection. */
export type PeerReply = { readonly type: number; readonly bytes: Buffer } | 'closed';

/** The type with what follows the reserved bytes of an A-ABORT (source, reason) or A-ASSOCIATE-RJ (result, source, reason). */
export function verdictOf(reply: PeerReply): number[] | 'closed' {
  return reply === 'closed' ? reply : [reply.type, ...reply.bytes.subarray(reply.type === 3 ? 7 : 8, 10)];
}

export class RawPeer {
  readonly socket: Socket;
  private received = Buffer.alloc(0);
  private isClosed = false;
  private notify: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.notify();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.notify();
    });
  }

  static async connect(port: number, tls?: ConnectionOptions): Promise<RawPeer> {
    const socket = tls ? connectTls({ host: '127.0.0.1', port, ...tls }) : connectTcp({ host: '127.0.0.1', port });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once(tls ? 'secureConnect' : 'connect', () => resolve());
    });
    return new RawPeer(socket);
  }

  send(...parts: readonly Buffer[]): void {
    for (const part of parts) this.socket.write(part);
  }

  /** Sends one byte at a time. */
  async dribble(bytes: Buffer, intervalMs: number): Promise<void> {
    for (const byte of bytes) {
      if (this.isClosed || this.socket.destroyed) return;
      this.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
  }

  /** The next whole PDU, or 'closed'; rejects when neither comes in time. */
  async next(waitMs = DEFAULT_WAIT_MS): Promise<PeerReply> {
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      const pdu = this.takePdu();
      if (pdu) return pdu;
      if (this.isClosed) return 'closed';
      await this.waitForNews(deadlineMs - performance.now());
    }
  }

  /** Waits for the connection to end, whatever is still sent before. */
  async closed(waitMs = DEFAULT_WAIT_MS): Promise<void> {
    const deadlineMs = performance.now() + waitMs;
    while (!this.isClosed) await this.waitForNews(deadlineMs - performance.now());
  }

  /** RST instead of FIN. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }

  private takePdu(): PeerReply | undefined {
    if (this.received.length < 6) return undefined;
    const end = 6 + this.received.readUInt32BE(2);
    if (this.received.length < end) return undefined;
    const bytes = this.received.subarray(0, end);
    this.received = this.received.subarray(end);
    return { type: bytes[0], bytes };
  }

  private waitForNews(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the other side neither answered nor closed')), Math.max(0, ms));
      this.notify = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A listening peer: runs the script for every connection. */
export class ScriptedScp {
  readonly port: number;
  private readonly stop: () => Promise<void>;

  private constructor(port: number, stop: () => Promise<void>) {
    this.port = port;
    this.stop = stop;
  }

  static async listen(script: (peer: RawPeer) => Promise<void> | void, port = 0): Promise<ScriptedScp> {
    const peers = new Set<RawPeer>();
    const server = createServer((socket) => {
      const peer = new RawPeer(socket);
      peers.add(peer);
      // a script that waits in vain is over when its test is
      void Promise.resolve(script(peer)).catch(() => peer.close());
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new ScriptedScp((server.address() as AddressInfo).port, async () => {
      for (const peer of peers) peer.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
  }

  close(): Promise<void> {
    return this.stop();
  }
}
