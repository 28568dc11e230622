/** People at the DICOMweb door: tokens of local accounts and of an identity provider, and those that must not be believed. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import type { JWTPayload, KeyLike } from 'jose';
import { sliceFile, dicomweb, jsonOf, stow } from '../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../test/support/intake-bench';

const ISSUER = 'https://login.example.org';
const AUDIENCE = 'modelbank';
const NSIS = 'https://data.gov.dk/concept/core/nsis/loa';
const STUDIES = '/dicomweb/MODELBANK/studies';

let bench: IntakeBench;
let provider: Server;
let keys: { privateKey: KeyLike; publicKey: KeyLike };

beforeAll(async () => {
  keys = await generateKeyPair('RS256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'key-1', use: 'sig' }] });
  provider = createServer((_request, response) => response.end(jwks));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/keys`;
  bench = await IntakeBench.open({ settings: settingsWith(url) });
  await bench.enrol();
  await stow(bench, [sliceFile({ seed: 'tokens odense', k: 0 })]);
  await stow(bench, [sliceFile({ seed: 'tokens aarhus', k: 0 })], { centre: 'aarhus' });
});
afterAll(async () => {
  await bench.dispose();
  provider.close();
});

const settingsWith = (jwks: string) =>
  `identity: { oidc: { issuer: '${ISSUER}', audience: ${AUDIENCE}, jwks: '${jwks}' } }`;
const ask = (token: string, centre?: string) => dicomweb(bench, { path: STUDIES, token, centre });
const countOf = async (token: string) => jsonOf<unknown[]>(await ask(token)).length;

const CLAIMS = { modelbank_centre: 'odense', [NSIS]: 'Substantial' };
interface Signed {
  readonly claims?: JWTPayload;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string | number;
  readonly kid?: string;
  readonly key?: KeyLike;
  readonly subject?: string;
}
function signed({
  claims = {},
  issuer = ISSUER,
  audience = AUDIENCE,
  expires = '5m',
  kid = 'key-1',
  ...more
}: Signed = {}): Promise<string> {
  return new SignJWT({ ...CLAIMS, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'at+jwt' })
    .setSubject(more.subject ?? '5f0c2a')
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(more.key ?? keys.privateKey);
}

describe('a token of the identity provider', () => {
  it('opens the data of the centre that it names, and the journal knows who it was', async () => {
    expect(await countOf(await signed())).toBe(1);
    expect((await bench.journal('dicomweb.searched')).at(-1)).toMatchObject({
      actor: 'oidc:5f0c2a',
      centreId: 'odense',
    });
    expect(await countOf(await signed({ claims: { modelbank_role: 'auditor', modelbank_centre: '*' } }))).toBe(2);
  });

  it('names nobody by a CPR number in the journal', async () => {
    await countOf(await signed({ subject: 'cpr:0101701234' }));
    expect((await bench.journal('dicomweb.searched')).at(-1)?.actor).toMatch(/^oidc:sha256:[0-9a-f]{64}$/);
    expect(bench.log.join('')).not.toContain('0101701234');
  });

  it.each<[string, () => Promise<string> | string]>([
    [
      'is not signed (alg none)',
      () =>
        new UnsecuredJWT(CLAIMS)
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setSubject('x')
          .setExpirationTime('5m')
          .encode(),
    ],
    [
      'is signed with the public key as a secret (HS256)',
      async () =>
        new SignJWT(CLAIMS)
          .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
          .setSubject('x')
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setExpirationTime('5m')
          .sign(Buffer.from(await exportSPKI(keys.publicKey))),
    ],
    ['is signed by another key', async () => signed({ key: (await generateKeyPair('RS256')).privateKey })],
    ['names a key that is a path', () => signed({ kid: '../../../../dev/null' })],
    ['is of another issuer', () => signed({ issuer: 'https://login.evil.example' })],
    ['is for somebody else', () => signed({ audience: 'another-service' })],
    ['has expired', () => signed({ expires: Math.floor(Date.now() / 1000) - 120 })],
    ['has a role that nobody knows', () => signed({ claims: { modelbank_role: 'root' } })],
    ['is cut short', async () => (await signed()).slice(0, -10)],
  ])('that %s is not believed (G6)', async (_what, make) => {
    const answer = await ask(await make());
    expect(answer).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="modelbank", error="invalid_token"' },
    });
    expect(jsonOf<Record<string, unknown>>(answer)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each(['Lav', 'Low', 'none', undefined])(
    'of a person identified at NSIS level %s asks for more (G6)',
    async (level) => {
      const answer = await ask(await signed({ claims: { [NSIS]: level } }));
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('error="insufficient_user_authentication"');
      expect(jsonOf<Record<string, unknown>>(answer).code).toBe('ASSURANCE_TOO_LOW');
    },
  );

  it.each<[string, JWTPayload]>([
    ['no centre', { modelbank_centre: undefined }],
    ['a list of centres', { modelbank_centre: ['odense', 'aarhus'] }],
    ['all centres, without being an auditor', { modelbank_centre: '*' }],
    ['a centre that is none', { modelbank_centre: "odense' OR '1'='1" }],
  ])('that names %s shows nobody', async (_what, claims) => {
    expect(await countOf(await signed({ claims }))).toBe(0);
  });

  it('may not do what its role may not, and says so', async () => {
    const answer = await stow(bench, [sliceFile({ seed: 'tokens role', k: 0 })], {
      centre: undefined,
      token: await signed(),
    });
    expect(answer).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': expect.stringContaining('insufficient_scope') as string },
    });
    const physicist = await signed({ claims: { modelbank_role: 'physicist' } });
    const stored = await stow(bench, [sliceFile({ seed: 'tokens odense', k: 1 })], {
      centre: undefined,
      token: physicist,
    });
    expect(stored.status).toBe(200);
  });

  it('does not open one centre with the certificate of another', async () => {
    expect((await ask(await signed(), 'odense')).status).toBe(200);
    expect((await ask(await signed(), 'aarhus')).status).toBe(403);
    expect((await ask(await signed(), 'unknown')).status).toBe(403);
  });
});

describe('the keys of the identity provider', () => {
  const bench = async (jwks: string, files: Record<string, string> = {}) => {
    const home = await mkdtemp(join(tmpdir(), 'modelbank-tokens-'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(home, name), text);
    return IntakeBench.open({ home, settings: settingsWith(jwks) });
  };

  it('may lie in a file', async () => {
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'key-1' };
    const withFile = await bench('keys.json', { 'keys.json': JSON.stringify({ keys: [jwk] }) });
    const answer = await dicomweb(withFile, { path: STUDIES, token: await signed() });
    await withFile.dispose();
    expect(answer.status).toBe(200);
  });

  it('that cannot be had now are not the fault of the token', async () => {
    const withoutKeys = await bench('http://127.0.0.1:9/keys');
    const answer = await dicomweb(withoutKeys, { path: STUDIES, token: await signed() });
    await withoutKeys.dispose();
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
  });

  it('that are none stop the start', async () => {
    await expect(bench('keys.json', { 'keys.json': 'no JSON' })).rejects.toThrow('identity.oidc.jwks');
  });

  it.each(['http://login.example.org/keys', 'http://127.0.0.1.evil.example/keys', 'ftp://x/keys'])(
    'are never fetched in clear from elsewhere: %s',
    async (jwks) => {
      await expect(bench(jwks)).rejects.toThrow('identity.oidc.jwks');
    },
  );
});

describe('a local account', () => {
  const add = (body: Record<string, unknown>) =>
    bench.api('POST', '/persons', { name: 'Anna Holm', role: 'clinician', ...body });

  it('has a token that is shown once and kept as a digest, good until it is revoked', async () => {
    const added = await add({ id: 'anna.holm', centre: 'odense' });
    expect(added).toMatchObject({ status: 201, body: { centreId: 'odense', revokedAt: null } });
    const token = String(added.body.token);
    expect(token).toMatch(/^mbp_[\w-]{43}$/);
    expect(await countOf(token)).toBe(1);
    expect((await bench.journal('dicomweb.searched')).at(-1)?.actor).toBe('person:anna.holm');
    const everything = JSON.stringify([
      (await bench.api('GET', '/persons')).body,
      await bench.journal('person.added'),
      bench.log,
    ]);
    expect(everything).not.toContain(token);
    expect((await add({ id: 'anna.holm', centre: 'aarhus' })).status).toBe(409);
    expect((await bench.api('POST', '/persons/anna.holm/revoke')).status).toBe(204);
    expect((await ask(token)).status).toBe(401);
    const again = await add({ id: 'anna.holm', centre: 'aarhus' });
    expect(again.status).toBe(201);
    expect((await ask(token)).status).toBe(401);
    expect(await countOf(String(again.body.token))).toBe(1);
    expect((await bench.journal('person.added')).map(({ subjectId }) => subjectId)).toEqual(['anna.holm', 'anna.holm']);
  });

  it('of an auditor may see all centres', async () => {
    const { body } = await add({ id: 'auditor', role: 'auditor', allCentres: true });
    expect(await countOf(String(body.token))).toBe(2);
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['a clinician of all centres', { id: 'bo', allCentres: true }, 400],
    ["nobody's", { id: 'bo' }, 400],
    ['of a centre that is none', { id: 'bo', centre: 'nowhere' }, 404],
    ['with a role that is none', { id: 'bo', centre: 'odense', role: 'root' }, 400],
    ['named by a CPR number', { id: 'p0101701234', centre: 'odense' }, 400],
    ['for ever', { id: 'bo', centre: 'odense', days: 10_000 }, 400],
  ])('cannot be %s', async (_what, body, status) => {
    expect((await add(body)).status).toBe(status);
  });

  it("sees nothing of the operator's API but what is its centre's", async () => {
    const { body } = await add({ id: 'cecilie', centre: 'odense' });
    expect((await bench.api('GET', '/centres', undefined, String(body.token))).status).toBe(403);
    expect((await bench.api('GET', '/persons', undefined, String(body.token))).status).toBe(403);
  });
});
