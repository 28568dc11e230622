/**
 * How strong the certificates of a peer are: RSA of at least 2048 bits, curves of at least 256, no SHA-1 or MD5 signature
 * (PS3.15 B.12, BCP 195). OpenSSL's security level looks at the same, but takes P-224 and counts what it cannot name as weak
 * only in the handshake; this is the rule itself, for the whole chain that was sent.
 */
import 'reflect-metadata';
import type { X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';

export type Weakness = 'weakKey' | 'weakSignature';

const LEAST_RSA_BITS = 2_048;
const STRONG_CURVES: ReadonlySet<string> = new Set([
  ...['prime256v1', 'secp384r1', 'secp521r1', 'secp256k1'],
  ...['brainpoolP256r1', 'brainpoolP320r1', 'brainpoolP384r1', 'brainpoolP512r1'],
]);
const STRONG_HASHES: ReadonlySet<string> = new Set(['SHA-256', 'SHA-384', 'SHA-512']);
/** A chain is a handful of certificates; a longer one is not walked to its end but refused. */
const LONGEST_CHAIN = 10;

interface SignatureAlgorithm {
  readonly name: string;
  readonly hash?: { readonly name: string };
}

/** What is too weak in the certificate or in those above it, if anything. */
export function weaknessOfChain(leaf: X509Certificate): Weakness | undefined {
  let certificate: X509Certificate | undefined = leaf;
  for (let depth = 0; certificate !== undefined; depth += 1) {
    if (depth === LONGEST_CHAIN) return 'weakSignature';
    const weakness = weaknessOf(certificate);
    if (weakness !== undefined) return weakness;
    certificate = certificate.issuerCertificate;
  }
  return undefined;
}

/** Nobody believes a root because it signed itself, so that signature may be of any kind. */
export function weaknessOf(certificate: X509Certificate): Weakness | undefined {
  if (!hasStrongKey(certificate)) return 'weakKey';
  return certificate.checkIssued(certificate) || hasStrongSignature(certificate) ? undefined : 'weakSignature';
}

function hasStrongKey({ publicKey }: X509Certificate): boolean {
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {};
  switch (publicKey.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return modulusLength >= LEAST_RSA_BITS;
    case 'ec':
      return STRONG_CURVES.has(namedCurve);
    default:
      return publicKey.asymmetricKeyType === 'ed25519' || publicKey.asymmetricKeyType === 'ed448';
  }
}

function hasStrongSignature(certificate: X509Certificate): boolean {
  try {
    const { name, hash } = new ParsedCertificate(certificate.raw).signatureAlgorithm as SignatureAlgorithm;
    return hash === undefined ? /^Ed(25519|448|DSA)$/.test(name) : STRONG_HASHES.has(hash.name);
  } catch {
    return false;
  }
}
