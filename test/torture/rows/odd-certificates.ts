/** Certificates of group A, made once for each name: by the hub's own authority, by others, and by nobody. */
import { readFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { createAuthority, issueClientCertificate } from '@modelbank/dimse';
import { issueWithOpenssl } from '@modelbank/testing';
import type { AuthorityFiles, OddCertificate } from '@modelbank/testing';
import type { Attacker } from '../support/attacker';

const DAY_MS = 86_400_000;
/** Not where the torture happens: what a row writes there counts against the hub. */
const FOLDER = mkdtempSync(join(tmpdir(), 'modelbank-odd-'));

export function removeOddCertificates(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}

/** What the peer shows; the hub's authority is trusted as any client would. */
export async function tlsWith(
  { place }: Attacker,
  certificate: AuthorityFiles | undefined,
  more: ConnectionOptions = {},
): Promise<ConnectionOptions> {
  const shown = certificate && {
    cert: await readFile(certificate.certPath),
    key: await readFile(certificate.keyPath),
  };
  const ca = await readFile(join(place.hub.home, 'pki', 'ca.crt'));
  // a client of the old days, which sends what it has
  return { ca, checkServerIdentity: () => undefined, ciphers: 'DEFAULT@SECLEVEL=0', ...shown, ...more };
}

/** Of the hub's own authority, issued so many days from now; `name` is also its folder. */
export async function ofHub({ place }: Attacker, name: string, days = 0): Promise<AuthorityFiles> {
  const authority = await createAuthority(join(place.hub.home, 'pki'), new Date());
  return issueClientCertificate(join(FOLDER, 'issued', name), name, authority, new Date(Date.now() + days * DAY_MS));
}

/** Of an authority with the name of the hub's and a key of its own. */
export async function ofNamesake(): Promise<AuthorityFiles> {
  const folder = join(FOLDER, 'namesake');
  return issueClientCertificate(
    join(folder, 'odense'),
    'odense',
    await createAuthority(folder, new Date()),
    new Date(),
  );
}

export function weak({ place }: Attacker, odd: OddCertificate): Promise<AuthorityFiles> {
  const pki = join(place.hub.home, 'pki');
  return issueWithOpenssl(join(FOLDER, 'weak'), { certPath: join(pki, 'ca.crt'), keyPath: join(pki, 'ca.key') }, odd);
}

export function selfSigned(): Promise<AuthorityFiles> {
  return issueWithOpenssl(join(FOLDER, 'weak'), null, { name: 'self-signed' });
}

/** The certificate becomes one of the attacked centre, through the hub's API. */
export async function enrolled({ place, centreId }: Attacker, certificate: AuthorityFiles): Promise<AuthorityFiles> {
  const pem = await readFile(certificate.certPath, 'utf8');
  // a second run of the row finds it there
  await place.ask(`/api/v1/centres/${centreId}/certificates`, 'POST', { pem }).catch(() => undefined);
  return certificate;
}
