/** A client certificate -> the centre that it is enrolled with. One that is presented must be in good standing. */
import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { CENTRE_DIRECTORY, HubError } from '@modelbank/contracts';
import type { CentreDirectory } from '@modelbank/contracts';
import { describeCertificate } from '@modelbank/dimse';
import type { Caller, Permission } from '../permissions';

const PERMISSIONS_OF_MACHINES: ReadonlySet<Permission> = new Set<Permission>(['dicomweb:read', 'dicomweb:store']);

/** Reading one takes longer than a small request, and Node gives the chain above it with the first answer only. */
const certificates = new WeakMap<TLSSocket, X509Certificate | null>();

/** The client certificate of this connection, with its chain; null without one. */
export function certificateOf(socket: unknown): X509Certificate | null {
  if (!(socket instanceof TLSSocket)) return null;
  const known = certificates.get(socket);
  if (known !== undefined) return known;
  const certificate = socket.getPeerX509Certificate() ?? null;
  certificates.set(socket, certificate);
  return certificate;
}

/** SHA-256 of the client certificate of this connection, lower-case hex; null without one. */
export function fingerprintOf(socket: unknown): string | null {
  const certificate = certificateOf(socket);
  return certificate && describeCertificate(certificate).fingerprintSha256;
}

@Injectable()
export class MachineCallers {
  constructor(@Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory) {}

  /** Undefined without a certificate. Throws for one that opens no door. */
  async callerOf(socket: unknown): Promise<Caller | undefined> {
    const fingerprint = fingerprintOf(socket);
    if (fingerprint === null) return undefined;
    const standing = await this.directory.certificate(fingerprint);
    switch (standing.kind) {
      case 'enrolled':
        return { actor: fingerprint, permissions: PERMISSIONS_OF_MACHINES, centreIds: [standing.centreId] };
      case 'unknown':
        throw new HubError('UNKNOWN_CERTIFICATE', 'the certificate is enrolled with no centre');
      case 'revoked':
        throw new HubError('CERTIFICATE_REVOKED', 'the certificate was revoked');
      case 'outsideValidity':
        throw new HubError('CERTIFICATE_REVOKED', 'the certificate is not valid at this time');
    }
  }
}
