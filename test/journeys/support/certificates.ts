/** Certificates that a hub must not take: right names and right shape, wrong authority or wrong time. */
import 'reflect-metadata';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  X509CertificateGenerator,
  cryptoProvider,
} from '@peculiar/x509';
import { createAuthority, issueClientCertificate } from '@modelbank/dimse';
import type { ToolTls } from '@modelbank/testing';

const DAY_MS = 86_400_000;
const EXPIRED_FOR_DAYS = 800;
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

cryptoProvider.set(webcrypto);

/** Names the centre as its own certificate does, and vouches for itself. */
export async function selfSigned(home: string, centreId: string): Promise<ToolTls> {
  const folder = join(home, 'self-signed');
  await mkdir(folder, { recursive: true });
  const keys = (await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${centreId}, O=Modelbank development`,
      keys,
      signingAlgorithm: KEY_ALGORITHM,
      extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
    },
    webcrypto,
  );
  const [certPath, keyPath] = [join(folder, 'client.crt'), join(folder, 'client.key')];
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  await writeFile(certPath, certificate.toString('pem'));
  await writeFile(keyPath, PemConverter.encode(key, 'PRIVATE KEY'), { mode: 0o600 });
  return { certPath, keyPath, caPath: caOf(home) };
}

/** Signed by an authority that has the name of the hub's, with another key. */
export async function ofOtherAuthority(home: string, centreId: string): Promise<ToolTls> {
  const folder = join(home, 'other-authority');
  const authority = await createAuthority(folder, new Date());
  const { certPath, keyPath } = await issueClientCertificate(join(folder, centreId), centreId, authority, new Date());
  return { certPath, keyPath, caPath: caOf(home) };
}

/** Signed by the hub's own authority; `ageDays` 0 makes one that is valid but enrolled nowhere. */
export async function ofOwnAuthority(home: string, name: string, ageDays = 0): Promise<ToolTls> {
  const authority = await createAuthority(join(home, 'pki'), new Date());
  const then = new Date(Date.now() - ageDays * DAY_MS);
  const { certPath, keyPath } = await issueClientCertificate(
    join(home, `issued-${ageDays}`, name),
    name,
    authority,
    then,
  );
  return { certPath, keyPath, caPath: caOf(home) };
}

export function expired(home: string, centreId: string): Promise<ToolTls> {
  return ofOwnAuthority(home, centreId, EXPIRED_FOR_DAYS);
}

/** The same files for a raw socket; without `certPath` the client shows no certificate. */
export async function socketTls(tls: Pick<ToolTls, 'caPath'> & Partial<ToolTls>): Promise<ConnectionOptions> {
  return {
    ca: await readFile(tls.caPath),
    checkServerIdentity: () => undefined,
    ...(tls.certPath === undefined ? {} : { cert: await readFile(tls.certPath) }),
    ...(tls.keyPath === undefined ? {} : { key: await readFile(tls.keyPath) }),
  };
}

function caOf(home: string): string {
  return join(home, 'pki', 'ca.crt');
}
