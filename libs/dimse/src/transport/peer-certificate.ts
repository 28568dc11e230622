/** What the other side of a TLS socket proved to be: the fingerprint and the serial number of its certificate. */
import type { X509Certificate } from 'node:crypto';
import type { PresentedIdentity } from '@modelbank/contracts';

/** RFC 5280 section 4.1.2.2 allows 20 bytes. */
const LONGEST_SERIAL = 64;
const LONGEST_NAME = 1_024;

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

/** Everything of a certificate that an operator is shown or enrols. */
export function identityOf(x509: X509Certificate): PresentedIdentity {
  return {
    ...describeCertificate(x509),
    serialNumber: x509.serialNumber.slice(0, LONGEST_SERIAL),
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
    pem: x509.toString(),
  };
}

/** Names are text of whoever asked for the certificate: no control character, no change of direction, no end of it. */
function oneLine(name: string | undefined): string {
  const printable = (name ?? '').replaceAll('\n', ', ').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return printable.slice(0, LONGEST_NAME);
}

/** Colons and case do not matter to people; they must not matter to a comparison. */
export function normaliseFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
