/**
 * The listening side: TLS with client certificates, limits over all connections, and an orderly end. Who the peers are
 * and where instances go is decided by the hooks of its options.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { HubError } from '@modelbank/contracts';
import { normaliseFingerprint, presentedCertificate, type PeerCertificate } from '../transport/peer-certificate';
import { createTlsListener, type RefusedHandshake } from '../transport/tls-listener';
import { TLS_PROFILE } from '../transport/tls-profile';
import { systemTimers } from '../transport/timers';
import { Acceptor, type AcceptorEnvironment } from './acceptor';
import { servicesOf } from './negotiate';
import {
  DEFAULT_SCP_LIMITS,
  type DimseServerOptions,
  type ScpIncident,
  type ScpLimits,
  type ServerTls,
} from './scp-options';
import { defaultStatusOfFailure } from './store-reception';

export interface DimseServer {
  /** Binds 127.0.0.1 unless told otherwise; port 0 takes a free one. */
  listen(port: number, host?: string): Promise<{ readonly port: number }>;
  /** Stops listening, lets messages that are half way end within `graceMs`, then aborts; resolves when all hooks were told. */
  close(graceMs?: number): Promise<void>;
  /** Aborts every association of a certificate, at once; returns how many connections that were. */
  cutByFingerprint(fingerprintSha256: string): number;
  /** What is connected now with a certificate, in an association or not yet. */
  connections(): readonly LiveConnection[];
  /** New connections get this certificate; live ones keep theirs. */
  renewTls(tls: ServerTls): void;
  readonly associationCount: number;
}

/** A connection of a peer that showed a certificate. */
export interface LiveConnection {
  readonly fingerprintSha256: string;
  /** Absent before an association was accepted. */
  readonly callingAeTitle?: string;
  /** A-ABORT, and the socket is destroyed after the linger time at the latest. */
  cut(why: string): void;
}

/** Makes an SCP for C-ECHO, C-STORE, and N-ACTION where a peer may use it; it answers nobody before `listen`. */
export function createDimseServer<T>(options: DimseServerOptions<T>): DimseServer {
  return new ListeningScp(options);
}

const DEFAULT_CLOSE_GRACE_MS = 5_000;
const CLOSE_POLL_MS = 50;

class ListeningScp<T> implements DimseServer {
  private readonly options: DimseServerOptions<T>;
  private readonly limits: ScpLimits;
  private readonly server: Server | TlsServer;
  private readonly environment: AcceptorEnvironment<T>;
  private readonly acceptors = new Set<Acceptor<T>>();
  private readonly sockets = new Set<Socket>();

  constructor(options: DimseServerOptions<T>) {
    this.options = options;
    this.limits = { ...DEFAULT_SCP_LIMITS, ...options.limits };
    this.environment = this.makeEnvironment();
    this.server = options.tls ? this.tlsServer(options.tls) : createServer((socket) => this.accept(socket));
    this.server.maxConnections = this.limits.maximumConnections;
    this.server.on('connection', (socket: Socket) => this.track(socket));
    this.server.on('drop', (peer) => this.reportLimit('more connections than allowed', peer?.remoteAddress));
    // out of file descriptors, say: one connection less, not one process less
    this.server.on('error', (cause: Error) => this.reportLimit('a connection could not be accepted', undefined, cause));
  }

  get associationCount(): number {
    return this.count(() => true);
  }

  listen(port: number, host = '127.0.0.1'): Promise<{ readonly port: number }> {
    return new Promise((resolve, reject) => {
      const failed = (cause: Error): void =>
        reject(
          new HubError('INVALID_CONFIGURATION', `cannot listen on ${host}:${port}`, {
            cause,
            advice: 'choose another port, or end the process that holds it',
          }),
        );
      this.server.prependOnceListener('error', failed);
      this.server.listen(port, host, () => {
        this.server.off('error', failed);
        resolve({ port: (this.server.address() as AddressInfo).port });
      });
    });
  }

  async close(graceMs = DEFAULT_CLOSE_GRACE_MS): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const deadlineMs = performance.now() + graceMs;
    for (const acceptor of this.acceptors) if (!acceptor.receiving) acceptor.abort('cut', 'the hub is shutting down');
    while (this.acceptors.size > 0 && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, CLOSE_POLL_MS));
      for (const acceptor of this.acceptors) if (!acceptor.receiving) acceptor.abort('cut', 'the hub is shutting down');
    }
    const ends = [...this.acceptors].map((acceptor) => acceptor.done);
    for (const acceptor of this.acceptors) acceptor.abort('cut', 'the hub is shutting down');
    for (const socket of this.sockets) socket.destroy();
    await Promise.all([closed, ...ends]);
  }

  cutByFingerprint(fingerprintSha256: string): number {
    const wanted = normaliseFingerprint(fingerprintSha256);
    const cut = [...this.acceptors].filter((acceptor) => acceptor.certificate?.fingerprintSha256 === wanted);
    for (const acceptor of cut) acceptor.abort('cut', 'the certificate may not be used any more');
    return cut.length;
  }

  connections(): readonly LiveConnection[] {
    return [...this.acceptors].flatMap((acceptor) => {
      const { certificate, peer, countedAs, isOver } = acceptor;
      if (certificate === undefined || isOver) return [];
      const { fingerprintSha256 } = certificate;
      const callingAeTitle = countedAs === undefined ? undefined : peer?.callingAeTitle;
      return [{ fingerprintSha256, callingAeTitle, cut: (why: string) => acceptor.abort('cut', why) }];
    });
  }

  renewTls(tls: ServerTls): void {
    if ('setSecureContext' in this.server) this.server.setSecureContext({ ...TLS_PROFILE, ...tls });
  }

  private tlsServer(tls: ServerTls): TlsServer {
    const { handshakeMs, maximumHandshakes } = this.limits;
    return createTlsListener({
      tls,
      handshakeMs,
      maximumHandshakes,
      onSecure: (socket, certificate) => this.accept(socket, presentedCertificate(certificate)),
      onRefused: (refused) => this.reportHandshake(refused),
    });
  }

  private reportHandshake({ refusal, remoteAddress, certificate }: RefusedHandshake): void {
    const message = `TLS handshake failed: ${refusal}`;
    const presented = certificate && presentedCertificate(certificate);
    this.report({ rule: 'tls', message, remoteAddress, ...presented, tlsRefusal: refusal });
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    // a handshake that fails is reported by tlsClientError; a reset before it has nobody to tell
    socket.on('error', () => socket.destroy());
  }

  private accept(socket: Socket, certificate?: PeerCertificate): void {
    const acceptor = new Acceptor<T>(socket, certificate, this.environment);
    this.acceptors.add(acceptor);
    void acceptor.done.then(() => this.acceptors.delete(acceptor));
  }

  private count(matches: (acceptor: Acceptor<T>) => boolean): number {
    let count = 0;
    for (const acceptor of this.acceptors) if (acceptor.holdsPlace && matches(acceptor)) count += 1;
    return count;
  }

  private makeEnvironment(): AcceptorEnvironment<T> {
    const { options, limits } = this;
    return {
      hooks: options,
      limits,
      services: servicesOf(options.presentationContexts),
      timers: options.timers ?? systemTimers,
      newAssociationId: options.newAssociationId ?? randomUUID,
      statusOfFailure: options.statusOfFailure ?? defaultStatusOfFailure,
      report: (incident) => this.report(incident),
      // the one who asks holds a place already
      hasRoom: () => this.associationCount <= limits.maximumAssociations,
      hasRoomFor: (countedAs) =>
        this.count((acceptor) => acceptor.countedAs === countedAs) < limits.maximumAssociationsPerCentre,
    };
  }

  private reportLimit(message: string, remoteAddress = '', cause?: unknown): void {
    this.report({ rule: 'limit', message, remoteAddress, cause });
  }

  private report(incident: ScpIncident): void {
    this.options.onIncident?.(incident);
  }
}
