/** The development PKI keeps what is valid, renews what ends, and writes nothing that others may read. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePki } from './ensure-pki';

const NOW = new Date('2026-11-22T12:00:00Z');
const DAY_MS = 86_400_000;
const after = (days: number) => new Date(NOW.getTime() + days * DAY_MS);
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pki-'));
});
afterEach(() => rm(home, { recursive: true }));

const certificateAt = async (path: string) => new X509Certificate(await readFile(path));

it('makes an authority, the hub and the centres, in the documented places', async () => {
  const pki = await ensurePki(home, ['odense', 'vejle'], NOW);
  expect((await readdir(join(home, 'pki'), { recursive: true })).sort()).toEqual(
    [
      'ca.crt',
      'ca.key',
      'centres',
      'hub',
      ...['centres/odense', 'centres/vejle', 'hub'].flatMap((folder) =>
        ['client.crt', 'client.key', 'server.crt', 'server.key'].map((file) => `${folder}/${file}`),
      ),
      'centres/odense',
      'centres/vejle',
    ].sort(),
  );
  const ca = await certificateAt(pki.caPath);
  for (const { server, client } of [pki.hub, pki.centres.odense, pki.centres.vejle]) {
    for (const [issued, usage] of [
      [server, '1.3.6.1.5.5.7.3.1'],
      [client, '1.3.6.1.5.5.7.3.2'],
    ] as const) {
      const certificate = await certificateAt(issued.certPath);
      expect(certificate.verify(ca.publicKey)).toBe(true);
      expect(certificate.checkIssued(ca)).toBe(true);
      expect(certificate.ca).toBe(false);
      expect(certificate.keyUsage).toEqual([usage]);
      expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
      expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
      expect(issued.fingerprintSha256).toMatch(/^[0-9a-f]{64}$/);
      expect(certificate.serialNumber).toHaveLength(32);
    }
  }
});

it('satisfies openssl as a chain for its purpose', async () => {
  const pki = await ensurePki(home, ['odense'], new Date());
  const verify = (path: string, purpose: string) =>
    execFileSync('openssl', ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', pki.caPath, path]).toString();
  expect(verify(pki.centres.odense.client.certPath, 'sslclient')).toContain(': OK');
  expect(verify(pki.hub.server.certPath, 'sslserver')).toContain(': OK');
});

it('changes nothing the second time', async () => {
  const first = await ensurePki(home, ['odense'], NOW);
  const second = await ensurePki(home, ['odense'], after(300));
  expect(first.centres.odense.client.isNew).toBe(true);
  expect(second.centres.odense.client).toEqual({ ...first.centres.odense.client, isNew: false });
  expect(second.hub.server.fingerprintSha256).toBe(first.hub.server.fingerprintSha256);
});

it('renews what ends within 30 days under the same authority', async () => {
  const first = await ensurePki(home, ['odense'], NOW);
  const caBefore = await readFile(first.caPath, 'utf8');
  const second = await ensurePki(home, ['odense'], after(340));
  expect(second.centres.odense.client.isNew).toBe(true);
  expect(second.centres.odense.client.notAfter.getTime()).toBeGreaterThan(after(700).getTime());
  expect(await readFile(first.caPath, 'utf8')).toBe(caBefore);
});

it('replaces everything when the authority is new', async () => {
  const first = await ensurePki(home, ['odense'], NOW);
  await rm(join(home, 'pki/ca.key'));
  const second = await ensurePki(home, ['odense'], NOW);
  expect(second.centres.odense.client.fingerprintSha256).not.toBe(first.centres.odense.client.fingerprintSha256);
  const certificate = await certificateAt(second.hub.client.certPath);
  expect(certificate.verify((await certificateAt(second.caPath)).publicKey)).toBe(true);
});

it.each(['client.key', 'client.crt'])('replaces a pair whose %s is broken', async (file) => {
  await ensurePki(home, ['odense'], NOW);
  await writeFile(join(home, 'pki/centres/odense', file), 'broken');
  const second = await ensurePki(home, ['odense'], NOW);
  expect(second.centres.odense.client.isNew).toBe(true);
  expect(second.centres.odense.server.isNew).toBe(false);
});

it('writes files that only their owner can read, in folders only their owner can enter', async () => {
  const before = process.umask(0);
  try {
    await ensurePki(home, ['odense'], NOW);
  } finally {
    process.umask(before);
  }
  for (const name of await readdir(join(home, 'pki'), { recursive: true })) {
    const { mode } = await stat(join(home, 'pki', name));
    expect([name, mode & 0o077]).toEqual([name, 0]);
  }
  await chmod(home, 0o700);
});

it.each(['', '..', '../odense', 'a/b', 'A', 'å', '-a', 'a-', 'a b', 'a\0', 'a'.repeat(33), 'x,CN=hub'])(
  'takes no centre id %j into a path or a name',
  async (id) => {
    await expect(ensurePki(home, [id], NOW)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await readdir(home)).toEqual([]);
  },
);
