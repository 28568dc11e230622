/** Group A of the bad inputs, certificates: each refused before a DICOM byte is read, told once, with what was seen. */
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CollectingScp,
  TlsDoor,
  issueWithOpenssl,
  runTool,
  type AuthorityFiles,
  type OddCertificate,
} from '@modelbank/testing';
import { createAuthority, echoPeer, ensurePki, issueClientCertificate } from '../index';
import { weaknessOf, type Weakness } from './certificate-strength';

/** Real tools on a busy machine. */
jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
let door: TlsDoor;

beforeAll(async () => {
  door = await TlsDoor.make();
});
afterAll(() => door.dispose());
afterEach(() => door.close());

const odd = (certificate: OddCertificate, authority: AuthorityFiles | null = door.authority): Promise<AuthorityFiles> =>
  issueWithOpenssl(join(door.home, 'odd'), authority, certificate);

async function issuedAt(name: string, thenMs: number): Promise<AuthorityFiles> {
  const authority = await createAuthority(join(door.home, 'pki'), new Date());
  return issueClientCertificate(join(door.home, name), 'odense', authority, new Date(thenMs));
}

async function ofNamesake(): Promise<AuthorityFiles> {
  return (await ensurePki(join(door.home, 'namesake'), ['odense'], new Date())).centres.odense.client;
}

describe.each(['TLSv1.3', 'TLSv1.2'] as const)('%s refuses and names', (version) => {
  const OLD_CLIENT = { ciphers: 'DEFAULT@SECLEVEL=0', minVersion: version, maxVersion: version };
  beforeEach(() => door.open());

  it.each<[string, string, () => Promise<AuthorityFiles>]>([
    ['A2 a certificate that vouches for itself', 'selfSigned', () => odd({ name: 'self' }, null)],
    ['A3 an expired one', 'expired', () => issuedAt('old', Date.now() - 800 * DAY_MS)],
    ['A3 one that is not valid yet', 'notYetValid', () => issuedAt('new', Date.now() + 800 * DAY_MS)],
    ['A5 one of another authority of the same name', 'unknownAuthority', ofNamesake],
    ['A10 RSA of 1024 bits', 'weakKey', () => odd({ name: 'rsa1024', key: 'RSA:1024' })],
    ['A10 a SHA-1 signature', 'weakSignature', () => odd({ name: 'sha1', hash: 'sha1' })],
    ["a server's certificate", 'wrongPurpose', () => Promise.resolve(door.pki.centres.odense.server)],
  ])('%s', async (_what, refusal, certificateOf) => {
    const certificate = await certificateOf();
    await door.knock(await door.clientTls(certificate, OLD_CLIENT));
    const shown = new X509Certificate(await readFile(certificate.certPath));
    expect(await door.onlyIncident()).toMatchObject({
      rule: 'tls',
      tlsRefusal: refusal,
      remoteAddress: '127.0.0.1',
      serialNumber: shown.serialNumber,
      fingerprintSha256: shown.fingerprint256.replaceAll(':', '').toLowerCase(),
      x509: { subject: shown.subject },
    });
  });

  it('A1 no certificate, by an alert', async () => {
    const end = await door.knock(await door.clientTls(undefined, OLD_CLIENT));
    expect(end).toMatch(/alert (certificate required|handshake failure)/);
    expect(await door.onlyIncident()).toMatchObject({ tlsRefusal: 'noCertificate', remoteAddress: '127.0.0.1' });
  });

  it.each(['prime192v1', 'secp224r1'])('A10 a key on curve %s, by an alert', async (curve) => {
    const end = await door.knock(await door.clientTls(await odd({ name: curve, key: `EC:${curve}` }), OLD_CLIENT));
    expect(end).toMatch(/alert (certificate required|illegal parameter)/);
    // a TLS 1.3 client has no way to sign with such a key, so it shows none
    const refusal = version === 'TLSv1.3' ? 'noCertificate' : 'weakKey';
    expect(await door.onlyIncident()).toMatchObject({ tlsRefusal: refusal });
  });
});

describe('the chain above a good certificate', () => {
  let root: AuthorityFiles;

  /** The development authority forbids others below it, so these chains hang from a root of their own. */
  beforeEach(async () => {
    root = await odd({ name: 'open-root', extensions: AUTHORITY }, null);
    const both = join(door.home, 'both.crt');
    await writeFile(both, [await readFile(door.pki.caPath), await readFile(root.certPath)].join(''));
    await door.open({}, both);
  });

  /** A certificate of an authority below the root, a client's unless told otherwise; both are sent. */
  async function below(authority: OddCertificate, extensions?: readonly string[]): Promise<AuthorityFiles> {
    const between = await odd({ ...authority, extensions: AUTHORITY }, root);
    const { certPath, keyPath } = await odd({ name: `below-${authority.name}`, extensions }, between);
    await writeFile(`${certPath}.chain`, [await readFile(certPath), await readFile(between.certPath)].join(''));
    return { certPath: `${certPath}.chain`, keyPath };
  }

  it.each<[string, string, OddCertificate]>([
    ['an authority on P-224, which OpenSSL would take', 'weakKey', { name: 'p224ca', key: 'EC:secp224r1' }],
    ['an authority with RSA 1024', 'weakKey', { name: 'rsaca', key: 'RSA:1024' }],
    ['an authority with a SHA-1 signature', 'weakSignature', { name: 'sha1ca', hash: 'sha1' }],
  ])('A10 refuses %s', async (_what, refusal, authority) => {
    await door.knock(await door.clientTls(await below(authority), { ciphers: 'DEFAULT@SECLEVEL=0' }));
    expect(await door.onlyIncident()).toMatchObject({ tlsRefusal: refusal });
  });

  it('A10 a receiver that we call is held to the same', async () => {
    const server = ['extendedKeyUsage=serverAuth', 'subjectAltName=IP:127.0.0.1'];
    const [ca, cert, key] = await Promise.all(
      [root.certPath, door.pki.hub.client.certPath, door.pki.hub.client.keyPath].map((path) => readFile(path)),
    );
    const echo = async (receiver: AuthorityFiles): Promise<void> => {
      await door.close();
      door.scp = await CollectingScp.start({ tls: { caPath: door.pki.caPath, server: receiver } });
      const titles = { callingAeTitle: 'MODELBANK', calledAeTitle: 'PACS' };
      await echoPeer({ host: '127.0.0.1', port: door.scp.port, ...titles, tls: { ca, cert, key } });
    };
    await echo(await below({ name: 'strong' }, server));
    await expect(echo(await below({ name: 'p224', key: 'EC:secp224r1' }, server))).rejects.toMatchObject({
      code: 'NOT_TRUSTED',
      message: expect.stringContaining('too weak (weakKey)') as string,
    });
  });

  it.each<[string, OddCertificate]>([
    ['RSA 2048', { name: 'rsa2048', key: 'RSA:2048' }],
    ['P-384', { name: 'p384', key: 'EC:secp384r1' }],
    ['Ed25519', { name: 'ed', key: 'ED25519' }],
  ])('takes %s', async (_what, certificate) => {
    expect(await door.associate(await odd(certificate, root))).toMatchObject({ type: 2 });
  });

  it('takes an authority between', async () => {
    expect(await door.associate(await below({ name: 'strongca' }))).toMatchObject({ type: 2 });
  });

  it.each<[string, Omit<OddCertificate, 'name'>, Weakness | undefined]>([
    ['MD5', { hash: 'md5' }, 'weakSignature'],
    ['SHA-1', { hash: 'sha1' }, 'weakSignature'],
    ['PSS with SHA-1', { hash: 'sha1', signing: ['-sigopt', 'rsa_padding_mode:pss'] }, 'weakSignature'],
    ['PSS with SHA-256', { signing: ['-sigopt', 'rsa_padding_mode:pss'] }, undefined],
    ['SHA-256', {}, undefined],
  ])('an RSA signature by %s is judged by its hash', async (_what, certificate, weakness) => {
    const rsaRoot = await odd({ name: 'rsa-root', key: 'RSA:2048', extensions: AUTHORITY }, null);
    const { certPath } = await odd({ name: 'rsa-signed', ...certificate }, rsaRoot);
    expect(weaknessOf(new X509Certificate(await readFile(certPath)))).toBe(weakness);
  });
});

it('a client that does not trust the hub is told apart from one that the hub does not trust', async () => {
  await door.open();
  const strange = (await odd({ name: 'elsewhere' }, null)).certPath;
  await runTool('/usr/bin/openssl', [
    ...door.opensslArguments(door.pki.centres.odense.client, strange),
    '-verify_return_error',
  ]);
  expect(await door.onlyIncident()).toMatchObject({ tlsRefusal: 'distrustsHub' });
});
