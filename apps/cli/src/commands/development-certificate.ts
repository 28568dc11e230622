/** Where a centre's development certificates lie; made when they are missing. */
import { ensurePki } from '@modelbank/dimse';

export interface CertificateFiles {
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly caPath: string;
}

/** The client certificate with which the centre calls the hub. */
export async function developmentCertificate(home: string, centreId: string): Promise<CertificateFiles> {
  const pki = await ensurePki(home, [centreId], new Date());
  const { client } = pki.centres[centreId];
  return { certificatePath: client.certPath, keyPath: client.keyPath, caPath: pki.caPath };
}
