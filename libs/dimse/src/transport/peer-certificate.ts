/** What the other side of a TLS socket proved to be: the fingerprint and the serial number of its certificate. */
import type { X509Certificate } from 'node:crypto';

export interface PeerCertificate {
  /** SHA-256 of the DER certificate, lower-case hex. */
  readonly fingerprintSha256: string;
  /** Hex as in the certificate. */
  readonly serialNumber: string;
}

/** With the certificate itself, for who must show or enrol it. */
export interface PresentedCertificate extends PeerCertificate {
  readonly x509: X509Certificate;
}

export function presentedCertificate(x509: X509Certificate): PresentedCertificate {
  return { ...describeCertificate(x509), x509 };
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
