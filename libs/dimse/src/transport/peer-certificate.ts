/** What the other side of a TLS socket proved to be: the fingerprint and the serial number of its certificate. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

export interface PeerCertificate {
  /** SHA-256 of the DER certificate, lower-case hex. */
  readonly fingerprintSha256: string;
  /** Hex as in the certificate. */
  readonly serialNumber: string;
}

export function peerCertificateOf(socket: TLSSocket): PeerCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  return certificate ? describeCertificate(certificate) : undefined;
}

export function describeCertificate(certificate: X509Certificate): PeerCertificate {
  return {
    fingerprintSha256: normaliseFingerprint(certificate.fingerprint256),
    serialNumber: certificate.serialNumber,
  };
}

/** Colons and case do not matter to people; they must not matter to a comparison. */
export function normaliseFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
