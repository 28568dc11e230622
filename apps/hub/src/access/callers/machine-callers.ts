/** A client certificate -> the centre that it is enrolled with. One that is presented must be in good standing. */
import { TLSSocket } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { CENTRE_DIRECTORY, HubError } from '@modelbank/contracts';
import type { CentreDirectory } from '@modelbank/contracts';
import { describeCertificate } from '@modelbank/dimse';
import type { Caller, Permission } from '../permissions';

const PERMISSIONS_OF_MACHINES: ReadonlySet<Permission> = new Set<Permission>(['dicomweb:read', 'dicomweb:store']);

/** Reading a certificate takes longer than a small request, and a socket has the same one for its whole life. */
const fingerprints = new WeakMap<TLSSocket, string | null>();

/** SHA-256 of the client certificate of this connection, lower-case hex; null without one. */
export function fingerprintOf(socket: unknown): string | null {
  if (!(socket instanceof TLSSocket)) return null;
  const known = fingerprints.get(socket);
  if (known !== undefined) return known;
  const certificate = socket.getPeerX509Certificate();
  const fingerprint = certificate ? describeCertificate(certificate).fingerprintSha256 : null;
  fingerprints.set(socket, fingerprint);
  return fingerprint;
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
