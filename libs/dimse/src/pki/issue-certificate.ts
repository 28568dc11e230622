/**
 * X.509 certificates of the development PKI: EC P-256 keys, random serial numbers, and the key usages that TLS servers
 * and clients need (RFC 5280, PS3.15 Annex B). Production certificates come from the health network's own authority.
 */
import 'reflect-metadata';
import { X509Certificate, createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  cryptoProvider,
  type Extension,
} from '@peculiar/x509';
import type { LoadedPair, PemPair } from './certificate-files';

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;
const SERIAL_BYTES = 16;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
const LEAF_DAYS = 365;
/** Clocks of hospitals differ by minutes. */
const BACKDATED_MS = 3_600_000;

cryptoProvider.set(webcrypto);

export type LeafPurpose = 'server' | 'client';

export interface LeafRequest {
  readonly purpose: LeafPurpose;
  /** Common name: made by us from a checked id. */
  readonly commonName: string;
  /** Host names and IP addresses; at least one. */
  readonly hosts: readonly string[];
}

/** A self-signed authority that may sign leaves and nothing below them. */
export async function issueAuthority(commonName: string, now: Date): Promise<PemPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      ...validity(now, AUTHORITY_DAYS),
      serialNumber: randomSerial(),
      name: `CN=${commonName}, O=Modelbank development`,
      keys,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  return { certPem: certificate.toString('pem') + '\n', keyPem: await privateKeyPem(keys.privateKey) };
}

/** A server or client certificate signed by the authority. */
export async function issueLeaf(request: LeafRequest, authority: LoadedPair, now: Date): Promise<PemPair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      ...validity(now, LEAF_DAYS),
      serialNumber: randomSerial(),
      subject: `CN=${request.commonName}, O=Modelbank development`,
      issuer: subjectOf(authority),
      publicKey: keys.publicKey,
      signingKey: await importSigningKey(authority.keyPem),
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: await leafExtensions(request, keys.publicKey, authority),
    },
    webcrypto,
  );
  return { certPem: certificate.toString('pem') + '\n', keyPem: await privateKeyPem(keys.privateKey) };
}

async function leafExtensions(
  request: LeafRequest,
  publicKey: webcrypto.CryptoKey,
  authority: LoadedPair,
): Promise<Extension[]> {
  const usage = request.purpose === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  const authorityKey = PemConverter.decodeFirst(
    authority.certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  );
  const importedKey = await webcrypto.subtle.importKey('spki', authorityKey, KEY_ALGORITHM, true, ['verify']);
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([usage]),
    new SubjectAlternativeNameExtension(
      request.hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host })),
    ),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(importedKey),
  ];
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY') + '\n';
}

async function importSigningKey(keyPem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
  return (await webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign'])) as webcrypto.CryptoKey;
}

/** Node prints one attribute a line, the innermost last; a name string wants them the same way, with commas. */
function subjectOf(authority: LoadedPair): string {
  return new X509Certificate(authority.certPem).subject.split('\n').join(', ');
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - BACKDATED_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

/** Positive and without a leading zero byte, as RFC 5280 section 4.1.2.2 asks. */
function randomSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = (bytes[0] & 0x7f) | 0x40;
  return bytes.toString('hex');
}
