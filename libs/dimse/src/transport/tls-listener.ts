/**
 * A TLS server whose every handshake ends in one of two calls: a socket with a certificate that may be believed, or a
 * refusal with what was seen of the peer. Handshakes that are half open are bounded: the oldest gives way to the newest, so
 * that a flood of them cannot keep a good peer out (PS3.15 B.12).
 */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { weaknessOfChain } from './certificate-strength';
import { TLS_PROFILE } from './tls-profile';
import { refusalOfHandshake, type TlsRefusal } from './tls-refusal';

export interface RefusedHandshake {
  readonly refusal: TlsRefusal;
  readonly remoteAddress: string;
  /** Where the peer showed one: also when it is not believed. */
  readonly certificate?: X509Certificate;
}

export interface TlsListenerOptions {
  readonly tls: Pick<TlsOptions, 'ca' | 'cert' | 'key'>;
  readonly handshakeMs: number;
  /** Half-open ones at a time. */
  readonly maximumHandshakes: number;
  onSecure(socket: TLSSocket, certificate: X509Certificate): void;
  onRefused(refused: RefusedHandshake): void;
}

export function createTlsListener(options: TlsListenerOptions): Server {
  const server = createServer({
    ...TLS_PROFILE,
    ...options.tls,
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: options.handshakeMs,
  });
  const handshakes = new Handshakes(options);
  const seen = peersSeen(server);
  server.on('connection', (socket: Socket) => handshakes.begin(socket));
  server.on('secureConnection', (socket: TLSSocket) => {
    handshakes.end(nameOf(socket));
    admit(socket, seen.get(socket)?.certificate ?? socket.getPeerX509Certificate(), options);
  });
  server.on('tlsClientError', (cause: NodeJS.ErrnoException, socket: TLSSocket) => {
    const peer = seen.get(socket) ?? { name: nameOf(socket), remoteAddress: socket.remoteAddress ?? '' };
    const failed = {
      errorCode: cause.code ?? '',
      authorizationError: String(socket.authorizationError ?? ''),
      certificate: peer.certificate,
    };
    if (handshakes.end(peer.name)) options.onRefused({ refusal: refusalOfHandshake(failed), ...peer });
    socket.destroy();
  });
  return server;
}

/** The profile's last word on a peer whose chain OpenSSL believes. */
function admit(socket: TLSSocket, certificate: X509Certificate | undefined, options: TlsListenerOptions): void {
  const refusal = certificate === undefined ? 'noCertificate' : weaknessOfChain(certificate);
  if (certificate !== undefined && refusal === undefined) return options.onSecure(socket, certificate);
  // a destroyed socket may still report a reset
  socket.on('error', () => undefined);
  const { remoteAddress = '' } = socket;
  options.onRefused({ refusal: refusal ?? 'certificateRefused', remoteAddress, certificate });
  socket.destroy();
}

interface PeerSeen {
  readonly name: string;
  readonly remoteAddress: string;
  /** Asked for once: Node takes the chain above it out of the session with the first answer. */
  certificate?: X509Certificate;
}

/**
 * Node destroys the socket of a peer whose certificate it does not believe before anybody can look at it. `keylog` is the
 * one public event that hands the socket out earlier; the line itself (a secret) is dropped unread.
 */
function peersSeen(server: Server): WeakMap<TLSSocket, PeerSeen> {
  const seen = new WeakMap<TLSSocket, PeerSeen>();
  server.on('keylog', (_line: Buffer, socket: TLSSocket) => {
    if (seen.has(socket)) return;
    const peer: PeerSeen = { name: nameOf(socket), remoteAddress: socket.remoteAddress ?? '' };
    seen.set(socket, peer);
    socket.prependOnceListener('secure', () => (peer.certificate = socket.getPeerX509Certificate()));
  });
  return seen;
}

/** Connections whose handshake is not over, oldest first. */
class Handshakes {
  private readonly open = new Map<string, Socket>();
  private readonly options: TlsListenerOptions;

  constructor(options: TlsListenerOptions) {
    this.options = options;
  }

  begin(socket: Socket): void {
    const name = nameOf(socket);
    const { remoteAddress = '' } = socket;
    this.open.set(name, socket);
    // what ended for a reason has told it by then
    socket.once('close', () => setImmediate(() => this.lost(name, remoteAddress)));
    if (this.open.size > this.options.maximumHandshakes) this.giveUpOldest();
  }

  /** False when the handshake was over before. */
  end(name: string): boolean {
    return this.open.delete(name);
  }

  private lost(name: string, remoteAddress: string): void {
    if (this.end(name)) this.options.onRefused({ refusal: 'abandoned', remoteAddress });
  }

  private giveUpOldest(): void {
    const [[name, oldest]] = this.open;
    const { remoteAddress = '' } = oldest;
    this.end(name);
    this.options.onRefused({ refusal: 'unfinished', remoteAddress });
    oldest.destroy();
  }
}

/** The same for a connection and for the TLS socket on it; no two open connections share it. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
