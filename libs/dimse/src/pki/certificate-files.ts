/** Keys and certificates as PEM files: readable by their owner alone, written whole or not at all. */
import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface KeyPairPaths {
  readonly certPath: string;
  readonly keyPath: string;
}

export interface LoadedPair {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly certPem: string;
  readonly keyPem: string;
}

export interface PemPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** The pair on disk, or nothing where a file is missing, broken, or the key is that of another certificate. */
export async function loadPair({ certPath, keyPath }: KeyPairPaths): Promise<LoadedPair | undefined> {
  try {
    const [certPem, keyPem] = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')]);
    const certificate = new X509Certificate(certPem);
    const key = createPrivateKey(keyPem);
    return certificate.checkPrivateKey(key) ? { certificate, key, certPem, keyPem } : undefined;
  } catch {
    return undefined;
  }
}

/** Mode 0600 in a folder of mode 0700; the certificate goes last, so that a crash between leaves a pair that is renewed. */
export async function savePair(paths: KeyPairPaths, pair: PemPair): Promise<void> {
  await mkdir(dirname(paths.keyPath), { recursive: true, mode: 0o700 });
  await replaceFile(paths.keyPath, pair.keyPem);
  await replaceFile(paths.certPath, pair.certPem);
}

async function replaceFile(path: string, text: string): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, text, { mode: 0o600 });
  await rename(part, path);
}
