/** Reads the one certificate of a PEM text: its fingerprint is the identity that a peer's TLS handshake is matched by. */
import { X509Certificate } from 'node:crypto';
import { HubError } from '@modelbank/contracts';
import type { PresentedIdentity } from '@modelbank/contracts';
import { identityOf } from '@modelbank/dimse';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----/g;

export function parseCertificate(pem: string): PresentedIdentity {
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
  return identityOf(certificate);
}

function decode(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (thrown) {
    throw new HubError('INVALID_REQUEST', 'the certificate could not be read', { cause: thrown });
  }
}
