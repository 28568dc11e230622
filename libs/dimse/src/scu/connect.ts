/** A connected socket to a peer, over TLS where it has one, or a HubError that says what to do. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import {
  TLSSocket,
  checkServerIdentity,
  connect as connectTls,
  type ConnectionOptions,
  type PeerCertificate,
} from 'node:tls';
import { HubError } from '@modelbank/contracts';
import { weaknessOfChain } from '../transport/certificate-strength';
import { normaliseFingerprint } from '../transport/peer-certificate';
import { TLS_PROFILE } from '../transport/tls-profile';
import type { Timers } from '../transport/timers';
import type { AssociationTarget, ClientTls } from './scu-options';

/** Connects, and for TLS verifies the peer's chain and its pin (or its name). */
export function connectToPeer(target: AssociationTarget, connectMs: number, timers: Timers): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { host, port, tls } = target;
    const socket = tls ? connectTls(tlsOptions(target, tls)) : connectTcp({ host, port });
    const fail = (error: HubError): void => {
      cancel();
      socket.destroy();
      reject(error);
    };
    const onError = (cause: Error): void => fail(connectError(cause, target));
    const onClose = (): void => fail(new HubError('PEER_ABORTED', `${nameOf(target)} closed the connection at once`));
    const cancel = timers.after(connectMs, () =>
      fail(new HubError('PEER_TIMEOUT', `${nameOf(target)} did not answer within ${connectMs} ms`)),
    );
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      const weakness = weaknessOf(socket, target);
      if (weakness !== undefined) return fail(weakness);
      cancel();
      socket.off('error', onError);
      socket.off('close', onClose);
      resolve(socket);
    });
  });
}

/** What OpenSSL believes may still be weaker than PS3.15 B.12 allows. */
function weaknessOf(socket: Socket, target: AssociationTarget): HubError | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  const weakness = certificate && weaknessOfChain(certificate);
  if (weakness === undefined) return undefined;
  return new HubError('NOT_TRUSTED', `the certificate of ${nameOf(target)} or one above it is too weak (${weakness})`, {
    advice: 'the peer needs RSA of 2048 bits or a curve of 256 bits, signed with SHA-256 or better (DICOM PS3.15 B.12)',
  });
}

/** `host:port`, for messages. */
export function nameOf({ host, port }: Pick<AssociationTarget, 'host' | 'port'>): string {
  return `${host}:${port}`;
}

/** A failure of the socket after it was connected; a TLS 1.3 peer refuses our certificate only then. */
export function connectionLost(cause: Error | undefined, target: AssociationTarget): HubError {
  const code = codeOf(cause);
  if (/ALERT.*(CERT|UNKNOWN_CA|ACCESS_DENIED)/.test(code)) {
    return new HubError('PEER_REJECTED', `${nameOf(target)} refused our certificate (${code})`, {
      cause,
      advice: 'ask the peer to trust the authority that signed it, and check that it is still valid',
    });
  }
  if (code.startsWith('ERR_SSL')) {
    return new HubError('PROTOCOL_ERROR', `${nameOf(target)} and this side found no common TLS (${code})`, {
      cause,
      advice: 'the peer needs TLS 1.2 or 1.3 with forward secrecy (DICOM PS3.15 B.12)',
    });
  }
  return new HubError('PEER_ABORTED', `${nameOf(target)} closed the connection${code ? ` (${code})` : ''}`, { cause });
}

function tlsOptions({ host, port }: AssociationTarget, tls: ClientTls): ConnectionOptions {
  const { ca, cert, key, pinnedFingerprintSha256 } = tls;
  return {
    ...TLS_PROFILE,
    host,
    port,
    ca,
    cert,
    key,
    rejectUnauthorized: true,
    servername: isIP(host) ? '' : host,
    checkServerIdentity: (name, certificate) =>
      pinnedFingerprintSha256 === undefined
        ? checkServerIdentity(name || host, certificate)
        : checkPin(pinnedFingerprintSha256, certificate),
  };
}

function checkPin(pinned: string, certificate: PeerCertificate): Error | undefined {
  if (normaliseFingerprint(certificate.fingerprint256) === normaliseFingerprint(pinned)) return undefined;
  return new HubError('NOT_TRUSTED', "the peer's certificate is not the pinned one", {
    advice: 'if the peer has a new certificate, pin its fingerprint',
  });
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
]);

function connectError(cause: Error, target: AssociationTarget): HubError {
  if (cause instanceof HubError) return cause;
  const code = codeOf(cause);
  if (UNREACHABLE.has(code)) {
    return new HubError('PEER_UNREACHABLE', `${nameOf(target)} cannot be reached (${code})`, {
      cause,
      advice: 'check host and port, and that the peer is running',
    });
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return new HubError('PROTOCOL_ERROR', `${nameOf(target)} does not speak TLS on this port`, { cause });
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('ERR_SSL')) return connectionLost(cause, target);
  return new HubError('NOT_TRUSTED', `the certificate of ${nameOf(target)} is not trusted (${code})`, {
    cause,
    advice: 'enrol the authority that signed it, or pin the certificate',
  });
}

function codeOf(cause: Error | undefined): string {
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
}
