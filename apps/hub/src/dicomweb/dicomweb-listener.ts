/**
 * The HTTPS listener of DICOMweb (PS3.18): the same routes as the API's application, but only those below `/dicomweb/`. TLS
 * as for DICOM (PS3.15 B.12); a client certificate is asked for and not required, because people come with tokens.
 */
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CENTRE_DIRECTORY, CLOCK, HubError } from '@modelbank/contracts';
import type { CentreDirectory, Clock } from '@modelbank/contracts';
import { TLS_PROFILE } from '@modelbank/dimse';
import { CONFIGURATION, LOGGER } from '@modelbank/platform';
import type { Configuration, HubLogger } from '@modelbank/platform';
import { cameThroughDicomweb, fingerprintOf, problemOf } from '../access';
import { readServerTls } from '../intake/server-tls';
import { crossOrigin } from './cross-origin';
import { DICOMWEB_PREFIX } from './paths';
import { closeUnlessRead, expectsContinue } from './unread-body';

const LARGEST_HEADERS = 16 * 1024;

@Injectable()
export class DicomwebListener {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private stopListeningForRevocations: () => void = () => undefined;

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
    @Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory,
    private readonly application: HttpAdapterHost,
  ) {}

  /** Opens the door and returns its port; null where the configuration keeps it shut. */
  async listen(): Promise<number | null> {
    const { enabled, host, port } = this.configuration.dicomweb;
    if (!enabled) return null;
    const server = await this.makeServer();
    this.server = server;
    this.stopListeningForRevocations = this.directory.onRevoked((fingerprint) => this.cut(fingerprint));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(host, port, cause)));
      server.listen(port, host, resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  /** Requests that are half way may end; idle connections are closed at once. */
  async close(): Promise<void> {
    this.stopListeningForRevocations();
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const giveUp = setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), CLOSE_WITHIN_MS);
    await closed;
    clearTimeout(giveUp);
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
      // a study of 20 GiB takes long: bodies have a rate to keep instead (receive-body.ts)
      requestTimeout: 0,
      keepAliveTimeout: limits.idleTimeoutMs,
      maxHeaderSize: LARGEST_HEADERS,
      highWaterMark: BODY_BUFFER_BYTES,
      noDelay: true,
    });
    server.maxConnections = limits.maxConnections;
    server.on('secureConnection', (socket: TLSSocket) => this.admit(socket));
    server.on('tlsClientError', (_cause, socket) => socket.destroy());
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
    if (fingerprintOf(socket) !== null && !socket.authorized) {
      this.logger.warn('a DICOMweb peer was refused: its certificate cannot be trusted', {
        ...{ stage: 'dicomweb', host: socket.remoteAddress, fingerprintSha256: fingerprintOf(socket) },
      });
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  private requestListener(): RequestListener {
    const { allowedOrigins } = this.configuration.dicomweb;
    const application = this.application.httpAdapter.getInstance<RequestListener>();
    return (request, response) => {
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

  private cut(fingerprint: string): void {
    for (const socket of this.sockets) if (fingerprintOf(socket) === fingerprint) socket.destroy();
  }
}

const CLOSE_WITHIN_MS = 10_000;
/** How often headers that do not come are looked for; the default is 30 s. */
const CHECK_EVERY_MS = 1_000;
const BODY_BUFFER_BYTES = 64 * 1024;

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
