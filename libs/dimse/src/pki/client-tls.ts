/** What the hub shows and trusts when it calls a peer: its client certificate and the authorities of its pki folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientTls } from '../scu/scu-options';

/** `pinnedFingerprintSha256` null: whatever the authorities signed is trusted. */
export async function readHubClientTls(pkiFolder: string, pinnedFingerprintSha256: string | null): Promise<ClientTls> {
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'hub/client.crt', 'hub/client.key'].map((name) => readFile(join(pkiFolder, name))),
  );
  return { ca, cert, key, ...(pinnedFingerprintSha256 === null ? {} : { pinnedFingerprintSha256 }) };
}
