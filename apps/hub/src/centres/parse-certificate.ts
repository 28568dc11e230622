/** Reads the one certificate of a PEM text: its fingerprint is the identity that a peer's TLS handshake is matched by. */
import { X509Certificate } from 'node:crypto';
import { HubError } from '@modelbank/contracts';

export interface CertificateFacts {
  /** SHA-256 of the DER bytes, lower-case hex. */
  readonly fingerprintSha256: string;
  readonly serialNumber: string;
  /** On one line. */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----/g;

export function parseCertificate(pem: string): CertificateFacts {
  const blocks = [...pem.matchAll(BLOCK)].map((match) => match[1]);
  if (blocks.some((label) => label.includes('PRIVATE KEY'))) {
    throw new HubError('INVALID_REQUEST', 'the PEM text holds a private key', {
      advice: 'Send the certificate only, and treat this key as disclosed: make a new one.',
    });
  }
  if (blocks.length !== 1 || blocks[0] !== 'CERTIFICATE') {
    throw new HubError('INVALID_REQUEST', 'the PEM text must hold exactly one certificate');
  }
  const certificate = decode(pem);
  if (certificate.ca) {
    throw new HubError('INVALID_REQUEST', 'this is the certificate of an authority, not of a device', {
      advice: "Send the client's own certificate.",
    });
  }
  return {
    fingerprintSha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    serialNumber: certificate.serialNumber.slice(0, 64),
    subject: certificate.subject.replaceAll('\n', ', ').slice(0, 1024),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
  };
}

function decode(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (thrown) {
    throw new HubError('INVALID_REQUEST', 'the certificate could not be read', { cause: thrown });
  }
}
