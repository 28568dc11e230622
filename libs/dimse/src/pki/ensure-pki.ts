/**
 * The development PKI under `<home>/pki`: an authority, the hub's server and client certificates, and the same two for
 * every centre. What is valid stays, what nears its end is renewed, what another authority signed is replaced.
 */
import { join } from 'node:path';
import { HubError } from '@modelbank/contracts';
import { describeCertificate, type PeerCertificate } from '../transport/peer-certificate';
import { loadPair, savePair, type KeyPairPaths, type LoadedPair } from './certificate-files';
import type { LeafPurpose, LeafRequest } from './issue-certificate';

/** One certificate with its key: where it lies and how peers will see it. */
export interface IssuedCertificate extends KeyPairPaths, PeerCertificate {
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Made by this call; false where a valid one was kept. */
  readonly isNew: boolean;
}

export interface ServerAndClient {
  readonly server: IssuedCertificate;
  readonly client: IssuedCertificate;
}

export interface DevelopmentPki {
  readonly folder: string;
  readonly caPath: string;
  readonly hub: ServerAndClient;
  readonly centres: Readonly<Record<string, ServerAndClient>>;
}

const AUTHORITY_NAME = 'Modelbank development CA';
/** A certificate that ends sooner than this is renewed. */
const RENEWAL_MS = 30 * 86_400_000;
const CENTRE_ID = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1'] as const;

/** What issues certificates is large and needed once: a hub whose certificates are there never loads it. */
const issuer = () => import('./issue-certificate');

/** Makes what is missing and renews what ends soon; running it twice changes nothing. */
export async function ensurePki(home: string, centreIds: readonly string[], now: Date): Promise<DevelopmentPki> {
  centreIds.forEach(requireCentreId);
  const folder = join(home, 'pki');
  const authority = await createAuthority(folder, now);
  const hub = await ensureBoth(join(folder, 'hub'), 'modelbank-hub', authority, now);
  const centres: Record<string, ServerAndClient> = {};
  for (const id of centreIds) {
    centres[id] = await ensureBoth(join(folder, 'centres', id), id, authority, now);
  }
  return { folder, caPath: authorityPaths(folder).certPath, hub, centres };
}

/** The authority of a folder, made or renewed where needed. */
export async function createAuthority(folder: string, now: Date): Promise<LoadedPair> {
  const paths = authorityPaths(folder);
  const existing = await loadPair(paths);
  if (existing?.certificate.ca && isFresh(existing, now)) return existing;
  const { issueAuthority } = await issuer();
  await savePair(paths, await issueAuthority(AUTHORITY_NAME, now));
  return requirePair(paths);
}

/** A certificate for a listening peer, kept while it is valid; `hosts` are the names and addresses it answers to. */
export function issueServerCertificate(
  folder: string,
  commonName: string,
  authority: LoadedPair,
  now: Date,
  hosts: readonly string[] = LOOPBACK_HOSTS,
): Promise<IssuedCertificate> {
  return ensureLeaf(folder, { purpose: 'server', commonName, hosts }, authority, now);
}

/** A certificate for a calling peer, kept while it is valid. */
export function issueClientCertificate(
  folder: string,
  commonName: string,
  authority: LoadedPair,
  now: Date,
): Promise<IssuedCertificate> {
  return ensureLeaf(folder, { purpose: 'client', commonName, hosts: LOOPBACK_HOSTS }, authority, now);
}

/** Throws unless the id may become part of a path and of a certificate's name. */
export function requireCentreId(id: string): void {
  if (CENTRE_ID.test(id)) return;
  throw new HubError('INVALID_REQUEST', 'a centre id is 1 to 32 lower-case letters, digits and inner hyphens', {
    advice: 'for instance: odense',
  });
}

async function ensureBoth(folder: string, name: string, authority: LoadedPair, now: Date): Promise<ServerAndClient> {
  return {
    server: await issueServerCertificate(folder, name, authority, now),
    client: await issueClientCertificate(folder, name, authority, now),
  };
}

async function ensureLeaf(
  folder: string,
  request: LeafRequest,
  authority: LoadedPair,
  now: Date,
): Promise<IssuedCertificate> {
  const paths = leafPaths(folder, request.purpose);
  const existing = await loadPair(paths);
  if (existing && isFresh(existing, now) && existing.certificate.verify(authority.certificate.publicKey)) {
    return describe(existing, paths, false);
  }
  const { issueLeaf } = await issuer();
  await savePair(paths, await issueLeaf(request, authority, now));
  return describe(await requirePair(paths), paths, true);
}

function isFresh({ certificate }: LoadedPair, now: Date): boolean {
  const validFromMs = Date.parse(certificate.validFrom);
  return validFromMs <= now.getTime() && Date.parse(certificate.validTo) - now.getTime() > RENEWAL_MS;
}

async function requirePair(paths: KeyPairPaths): Promise<LoadedPair> {
  const pair = await loadPair(paths);
  if (pair) return pair;
  throw new HubError('INTERNAL', 'a certificate that was just written cannot be read back');
}

function describe({ certificate }: LoadedPair, paths: KeyPairPaths, isNew: boolean): IssuedCertificate {
  return {
    ...paths,
    ...describeCertificate(certificate),
    subject: certificate.subject.split('\n').join(', '),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    isNew,
  };
}

function authorityPaths(folder: string): KeyPairPaths {
  return { certPath: join(folder, 'ca.crt'), keyPath: join(folder, 'ca.key') };
}

function leafPaths(folder: string, purpose: LeafPurpose): KeyPairPaths {
  return { certPath: join(folder, `${purpose}.crt`), keyPath: join(folder, `${purpose}.key`) };
}
