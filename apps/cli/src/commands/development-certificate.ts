/** Where a centre's development certificates lie; made when they are missing. */
import { rename } from 'node:fs/promises';
import { ensurePki } from '@modelbank/dimse';

export interface CertificateFiles {
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly caPath: string;
}

export interface CentreCertificateFiles extends CertificateFiles {
  /** Of the client certificate. */
  readonly fingerprintSha256: string;
  readonly serverCertificatePath: string;
  readonly serverKeyPath: string;
}

/** The client certificate with which the centre calls the hub. */
export async function developmentCertificate(home: string, centreId: string): Promise<CertificateFiles> {
  return developmentCertificates(home, centreId);
}

/** Both certificates: that of the caller, and that with which a receiver of the centre answers. */
export async function developmentCertificates(home: string, centreId: string): Promise<CentreCertificateFiles> {
  const pki = await ensurePki(home, [centreId], new Date());
  const { client, server } = pki.centres[centreId];
  return {
    certificatePath: client.certPath,
    keyPath: client.keyPath,
    caPath: pki.caPath,
    fingerprintSha256: client.fingerprintSha256,
    serverCertificatePath: server.certPath,
    serverKeyPath: server.keyPath,
  };
}

/** A new client pair; the old one stays beside it under its fingerprint. */
export async function replaceClientPair(
  home: string,
  centreId: string,
  old: CentreCertificateFiles,
): Promise<CentreCertificateFiles> {
  const suffix = `revoked-${old.fingerprintSha256.slice(0, 16)}`;
  await rename(old.certificatePath, `${old.certificatePath}.${suffix}`);
  await rename(old.keyPath, `${old.keyPath}.${suffix}`);
  return developmentCertificates(home, centreId);
}
