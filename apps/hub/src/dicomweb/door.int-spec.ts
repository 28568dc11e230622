/** The DICOMweb door as the network meets it: certificates, web pages of others, and nothing but `/dicomweb/`. */
import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePki } from '@modelbank/dimse';
import { issueWithOpenssl } from '@modelbank/testing';
import type { AuthorityFiles, OddCertificate, ToolTls } from '@modelbank/testing';
import { ofOtherAuthority, ofOwnAuthority, selfSigned } from '../../../../test/journeys/support/certificates';
import { STOW_HEADERS, dicomweb, jsonOf, multipart, sliceFile, stow } from '../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { closed, openRaw, rawStoreHead, until } from '../../../../test/support/raw-https';

const VIEWER = 'https://viewer.example.org';
const STUDIES = '/dicomweb/MODELBANK/studies';
let bench: IntakeBench;
let openRoot: AuthorityFiles;

beforeAll(async () => {
  const settings = `dicomweb: { allowedOrigins: ['${VIEWER}'], limits: { headersTimeoutMs: 1000, handshakeTimeoutMs: 1000 } }`;
  const home = await mkdtemp(join(tmpdir(), 'modelbank-door-'));
  // the development authority forbids others below it
  openRoot = await issueWithOpenssl(join(home, 'odd'), null, { name: 'open-root', extensions: AUTHORITY });
  const { caPath } = await ensurePki(home, ['odense'], new Date());
  await appendFile(caPath, await readFile(openRoot.certPath));
  bench = await IntakeBench.open({ settings, home });
  await bench.enrol();
});
afterAll(() => bench.dispose());

async function tlsOf({ caPath, certPath, keyPath }: ToolTls): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([caPath, certPath, keyPath].map((path) => readFile(path)));
  return { ca, cert, key };
}

/** By the hub's own authority. */
function ofOpenssl(home: string, odd: OddCertificate): Promise<ToolTls> {
  const pki = join(home, 'pki');
  const authority = { certPath: join(pki, 'ca.crt'), keyPath: join(pki, 'ca.key') };
  return issueWithOpenssl(join(home, 'odd'), authority, odd).then((files) => ({
    ...files,
    caPath: authority.certPath,
  }));
}

/** A strong one of an authority on P-224, which a root that the hub trusts signed; both are sent. */
async function belowWeakAuthority(home: string): Promise<ToolTls> {
  const weak = { name: 'p224', key: 'EC:secp224r1', extensions: AUTHORITY };
  const between = await issueWithOpenssl(join(home, 'odd'), openRoot, weak);
  const { certPath, keyPath } = await issueWithOpenssl(join(home, 'odd'), between, { name: 'below' });
  await writeFile(`${certPath}.chain`, [await readFile(certPath), await readFile(between.certPath)].join(''));
  return { certPath: `${certPath}.chain`, keyPath, caPath: join(home, 'pki', 'ca.crt') };
}

const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
const FOR_SERVERS = ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=serverAuth'];
/** A client that sends whatever certificate it has. */
const OF_THE_OLD_DAYS: ConnectionOptions = { ciphers: 'DEFAULT@SECLEVEL=0' };

describe('what the door leads to', () => {
  it.each([
    '/api/v1/centres',
    '/health',
    '/metrics',
    '/',
    '/API/v1/centres',
    '/dicomweb',
    '//dicomweb/x',
    '/DICOMWEB/MODELBANK/studies',
  ])('is not %s', async (path) => {
    for (const token of [undefined, bench.operatorToken]) {
      expect((await dicomweb(bench, { path, centre: token === undefined ? 'odense' : undefined, token })).status).toBe(
        404,
      );
    }
  });

  it('is not the rest of the API, by any spelling', async () => {
    for (const path of [
      '/dicomweb/../api/v1/centres',
      '/dicomweb/%2e%2e/api/v1/centres',
      '/dicomweb/..%2fapi%2fv1%2fcentres',
    ]) {
      expect((await dicomweb(bench, { path, centre: 'odense' })).status).toBe(404);
    }
  });

  it('is closed to the token of the operator', async () => {
    const answer = await dicomweb(bench, { path: STUDIES, token: bench.operatorToken });
    expect(answer).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="modelbank", error="invalid_token"' },
    });
  });
});

describe('a certificate', () => {
  it('that is enrolled opens the data of its centre', async () => {
    await stow(bench, [sliceFile({ seed: 'door', k: 0 })]);
    expect(jsonOf<unknown[]>(await dicomweb(bench, { path: STUDIES, centre: 'odense' }))).toHaveLength(1);
    expect(jsonOf<unknown[]>(await dicomweb(bench, { path: STUDIES, centre: 'aarhus' }))).toHaveLength(0);
  });

  it('is needed, or a token', async () => {
    const before = (await bench.journal('dicomweb.refused')).length;
    const answer = await dicomweb(bench, { path: STUDIES });
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="modelbank"' } });
    const entries = await bench.journal('dicomweb.refused');
    expect(entries).toHaveLength(before + 1);
    expect(entries.at(-1)).toMatchObject({ actor: 'unknown', details: { code: 'UNAUTHENTICATED', hadToken: false } });
  });

  it('of our authority that is enrolled nowhere is forbidden', async () => {
    const answer = await dicomweb(bench, { path: STUDIES, centre: 'unknown' });
    expect(answer.status).toBe(403);
    expect(jsonOf<Record<string, unknown>>(answer).code).toBe('UNKNOWN_CERTIFICATE');
    const { fingerprintSha256 } = bench.pki.centres.unknown.client;
    const entry = (await bench.journal('dicomweb.refused')).at(-1);
    expect(entry).toMatchObject({ actor: fingerprintSha256, details: { code: 'UNKNOWN_CERTIFICATE' } });
    const { body } = await bench.api('GET', '/senders');
    expect(body).toContainEqual(expect.objectContaining({ fingerprintSha256, isTrusted: true }));
  });

  it.each<[string, string, (home: string) => Promise<ToolTls>]>([
    ['that vouches for itself (A2)', 'selfSigned', (home) => selfSigned(home, 'odense')],
    ['that has expired (A3)', 'expired', (home) => ofOwnAuthority(home, 'odense', 800)],
    ['of another authority with the same name (A5)', 'unknownAuthority', (home) => ofOtherAuthority(home, 'odense')],
    ['of RSA with 1024 bits (A10)', 'weakKey', (home) => ofOpenssl(home, { name: 'rsa1024', key: 'RSA:1024' })],
    ['signed with SHA-1 (A10)', 'weakSignature', (home) => ofOpenssl(home, { name: 'sha1', hash: 'sha1' })],
    ['below an authority on P-224, which OpenSSL takes (A10)', 'weakKey', (home) => belowWeakAuthority(home)],
    ['of a server', 'wrongPurpose', (home) => ofOpenssl(home, { name: 'server', extensions: FOR_SERVERS })],
  ])('%s gets no answer at all', async (_what, refusal, make) => {
    const tls = { ...(await tlsOf(await make(bench.configuration.home))), ...OF_THE_OLD_DAYS };
    const before = (await bench.journal('dicomweb.refused')).length;
    await expect(dicomweb(bench, { path: STUDIES, tls })).rejects.toThrow();
    await until(async () => (await bench.journal('dicomweb.refused')).length === before + 1);
    expect((await bench.journal('dicomweb.refused')).at(-1)).toMatchObject({
      actor: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      details: { code: `tls.${refusal}`, remoteAddress: expect.stringContaining('127.0.0.1') as string },
    });
    const { body } = await bench.api('GET', '/senders');
    expect(body).toContainEqual(expect.objectContaining({ code: `tls.${refusal}`, isTrusted: false }));
  });

  it('that was refused is counted when it comes again and again, not written each time', async () => {
    const tls = await tlsOf(await selfSigned(bench.configuration.home, 'odense'));
    const before = (await bench.journal('dicomweb.refused')).length;
    for (let n = 0; n < 20; n += 1) await expect(dicomweb(bench, { path: STUDIES, tls })).rejects.toThrow();
    const since = async () => (await bench.journal('dicomweb.refused')).slice(before);
    const told = async () =>
      (await since()).reduce((sum, { details }) => sum + ((details as { count?: number }).count ?? 1), 0);
    await until(async () => (await told()) === 20);
    expect((await since()).length).toBeLessThan(20);
  });

  it('that is revoked cuts its connections, also inside a body, and opens nothing more (A4, A7)', async () => {
    const body = multipart([sliceFile({ seed: 'door revoked', k: 0, side: 256 })]);
    const { socket } = await openRaw(
      bench,
      rawStoreHead({ ...STOW_HEADERS, 'content-length': String(body.length) }),
      'aarhus',
    );
    socket.write(body.subarray(0, 50_000));
    const { fingerprintSha256 } = bench.pki.centres.aarhus.client;
    const revoked = await bench.api('POST', `/centres/aarhus/certificates/${fingerprintSha256}/revoke`);
    expect(revoked.status).toBe(204);
    await closed(socket);
    const answer = await dicomweb(bench, { path: STUDIES, centre: 'aarhus' });
    expect(answer.status).toBe(403);
    expect(jsonOf<Record<string, unknown>>(answer).code).toBe('CERTIFICATE_REVOKED');
  });
});

describe('TLS', () => {
  it.each<[string, ConnectionOptions]>([
    ['1.1', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }],
    ['CBC', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }],
    ['static RSA', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
  ])('%s is refused (A10)', async (_what, options) => {
    const tls = { ...(await bench.socketTls('odense')), ...options };
    await expect(dicomweb(bench, { path: STUDIES, tls })).rejects.toThrow(/SSL|EPROTO|alert/i);
  });

  it('must be spoken, and at once; so must a request (A11, A14)', async () => {
    const plain = connectPlain(bench.dicomwebPort, '127.0.0.1');
    plain.write('GET /dicomweb/MODELBANK/studies HTTP/1.1\r\n\r\n');
    await closed(plain);
    await closed(connectPlain(bench.dicomwebPort, '127.0.0.1'));
    const silent = connect({ host: 'localhost', port: bench.dicomwebPort, ...(await bench.socketTls('odense')) });
    silent.on('error', () => undefined);
    silent.once('secureConnect', () => silent.write('GET /dicomweb/'));
    await closed(silent);
    await closed((await openRaw(bench, '')).socket);
  }, 60_000);
});

describe('a web page', () => {
  it('of a configured viewer may ask, without credentials of the browser', async () => {
    const preflight = await dicomweb(bench, {
      ...{ method: 'OPTIONS', path: STUDIES },
      headers: {
        origin: VIEWER,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': VIEWER,
      'access-control-allow-headers': 'Accept, Authorization, Content-Type',
      vary: 'Origin',
    });
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
    const answer = await dicomweb(bench, { path: STUDIES, centre: 'odense', headers: { origin: VIEWER } });
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': VIEWER } });
    const refused = await dicomweb(bench, { path: STUDIES, headers: { origin: VIEWER } });
    expect(refused).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': VIEWER } });
  });

  it.each(['https://evil.example', 'null', 'https://viewer.example.org.evil.example', 'http://viewer.example.org'])(
    'of %s is refused, even with a certificate of the browser',
    async (origin) => {
      const answer = await dicomweb(bench, { path: STUDIES, centre: 'odense', headers: { origin } });
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    },
  );
});
