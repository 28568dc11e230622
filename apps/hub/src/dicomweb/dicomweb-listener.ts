/**
 * The HTTPS listener of DICOMweb (PS3.18): the same routes as the API's application, but only those below `/dicomweb/`. TLS
 * as for DICOM (PS3.15 B.12); a client certificate is asked for and not required, because people come with tokens. One that is
 * shown is held to the rules of the DICOM listener: strong, believed, and cut off when its right ends.
 */
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CENTRE_DIRECTORY, CLOCK, HubError } from '@modelbank/contracts';
import type { CentreDirectory, Clock } from '@modelbank/contracts';
import { TLS_PROFILE, refusalOfHandshake, weaknessOfChain } from '@modelbank/dimse';
import type { LiveConnection, TlsRefusal } from '@modelbank/dimse';
import { CONFIGURATION, LOGGER } from '@modelbank/platform';
import type { Configuration, HubLogger } from '@modelbank/platform';
import { cameThroughDicomweb, certificateOf, fingerprintOf, problemOf } from '../access';
import { ConnectionWatch } from '../intake/connection-watch';
import { readServerTls } from '../intake/server-tls';
import { crossOrigin } from './cross-origin';
import { DICOMWEB_PREFIX } from './paths';
import { RefusedConnections } from './refused-connections';
import { closeUnlessRead, expectsContinue } from './unread-body';

const LARGEST_HEADERS = 16 * 1024;
const BODY_BUFFER_BYTES = 64 * 1024;
/** How often headers that do not come are looked for; Node's default is 30 s. */
const CHECK_EVERY_MS = 1_000;
const CLOSE_WITHIN_MS = 10_000;

@Injectable()
export class DicomwebListener {
  private server: Server | undefined;
  private readonly sockets = new Set<TLSSocket>();
  private stopListeningForRevocations: () => void = () => undefined;

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
    @Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory,
    private readonly application: HttpAdapterHost,
    private readonly refused: RefusedConnections,
    private readonly watch: ConnectionWatch,
  ) {}

  /** Opens the door and returns its port; null where the configuration keeps it shut. */
  async listen(): Promise<number | null> {
    const { enabled, host, port } = this.configuration.dicomweb;
    if (!enabled) return null;
    const server = await this.makeServer();
    this.server = server;
    this.stopListeningForRevocations = this.directory.onRevoked((fingerprint) => this.revoked(fingerprint));
    this.watch.start({ connections: () => this.connections() });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(host, port, cause)));
      server.listen(port, host, resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  /** Requests that are half way may end; idle connections are closed at once. */
  async close(): Promise<void> {
    this.stopListeningForRevocations();
    await this.watch.stop();
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const giveUp = setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), CLOSE_WITHIN_MS);
    await closed;
    clearTimeout(giveUp);
    await this.refused.told();
  }

  private async makeServer(): Promise<Server> {
    const { limits } = this.configuration.dicomweb;
    const { ca, cert, key } = await readServerTls(this.configuration.home, this.clock.now());
    const server = createServer({
      ...TLS_PROFILE,
      ...{ ca, cert, key, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
      handshakeTimeout: limits.handshakeTimeoutMs,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      // a study takes as long as its line needs: bodies have a pace to keep instead (intake/stow/body-watch.ts)
      requestTimeout: 0,
      keepAliveTimeout: limits.idleTimeoutMs,
      maxHeaderSize: LARGEST_HEADERS,
      highWaterMark: BODY_BUFFER_BYTES,
      noDelay: true,
    });
    server.maxConnections = limits.maxConnections;
    server.on('secureConnection', (socket: TLSSocket) => this.admit(socket));
    server.on('tlsClientError', (cause: NodeJS.ErrnoException, socket) => {
      const refusal = refusalOfHandshake({ errorCode: cause.code ?? '', authorizationError: '' });
      this.refused.handshake(socket, refusal);
      socket.destroy();
    });
    // out of file descriptors, say: one connection less, not one process less
    server.on('error', (thrown) => this.logger.error('the DICOMweb listener failed', thrown, { stage: 'dicomweb' }));
    const serve = this.requestListener();
    server.on('request', serve);
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      expectsContinue(request);
      serve(request, response);
    });
    return server;
  }

  /** A certificate that no authority of ours signed, or out of its dates, opens nothing: not even for a token. */
  private admit(socket: TLSSocket): void {
    const refusal = refusalOf(socket);
    if (refusal !== undefined) {
      this.refused.handshake(socket, refusal);
      return void socket.destroy();
    }
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  private requestListener(): RequestListener {
    const { allowedOrigins } = this.configuration.dicomweb;
    const application = this.application.httpAdapter.getInstance<RequestListener>();
    return (request, response) => {
      // turned away: a request that came with the handshake is parsed all the same
      if (!this.sockets.has(request.socket as TLSSocket)) return void request.socket.destroy();
      cameThroughDicomweb(request);
      closeUnlessRead(request, response);
      const origin = crossOrigin(request, response, allowedOrigins);
      if (origin === 'answered') return;
      if (origin === 'refused') return refuse(response, new HubError('FORBIDDEN', 'this origin may not call'), '');
      const path = request.url ?? '';
      if (path.startsWith(DICOMWEB_PREFIX)) return application(request, response);
      refuse(response, new HubError('NOT_FOUND', 'there is no such route'), path.split('?', 1)[0]);
    };
  }

  private revoked(fingerprint: string): void {
    const theirs = this.connections().filter(({ fingerprintSha256 }) => fingerprintSha256 === fingerprint);
    theirs.forEach(({ cut }) => cut('the certificate was revoked'));
  }

  /** Those with a certificate: a token is looked at with every request. */
  private connections(): LiveConnection[] {
    return [...this.sockets].flatMap((socket) => {
      const fingerprintSha256 = fingerprintOf(socket);
      if (fingerprintSha256 === null) return [];
      const cut = (why: string): void => {
        if (!this.sockets.delete(socket)) return;
        this.refused.cut(socket, why);
        socket.destroy();
      };
      return [{ fingerprintSha256, cut }];
    });
  }
}

/** What keeps the certificate from being believed, if one was shown. */
function refusalOf(socket: TLSSocket): TlsRefusal | undefined {
  const certificate = certificateOf(socket);
  if (certificate === null) return undefined;
  if (socket.authorized) return weaknessOfChain(certificate);
  const authorizationError = String(socket.authorizationError ?? 'UNSPECIFIED');
  return refusalOfHandshake({ errorCode: '', authorizationError, certificate });
}

function refuse(response: ServerResponse, error: HubError, path: string): void {
  const problem = problemOf(error, path);
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): HubError {
  return new HubError('INVALID_CONFIGURATION', `cannot listen on ${host}:${port} (${cause.code ?? 'no code'})`, {
    cause,
    advice: 'another program has the port? choose another with MODELBANK_DICOMWEB_PORT',
  });
}
