/** The API as callers meet it: tokens, permissions, problems, OpenAPI, and what an operator does with centres. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { PERMISSIONS } from './permissions';
import type { Caller, Permission } from './permissions';
import { RoutePermissions } from './route-permissions';

const callerWith = (permission: Permission): [string, Caller] => [
  `token-${permission.replace(':', '-')}`,
  { actor: permission, permissions: new Set([permission]), centreIds: 'all' },
];
const tokenOf = (permission: Permission) => callerWith(permission)[0];

let bench: IntakeBench;

beforeAll(async () => {
  bench = await IntakeBench.open({ callers: Object.fromEntries(PERMISSIONS.map(callerWith)) });
  await bench.enrol();
});
afterAll(() => bench.dispose());

/** fetch does not let a test set Host and Origin. */
function statusOf(path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(bench.baseUrl);
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}

describe('permissions', () => {
  const routes: [string, string, Permission][] = [
    ['GET', '/centres', 'centres:read'],
    ['GET', '/centres/odense', 'centres:read'],
    ['GET', '/centres/odense/certificates', 'centres:read'],
    ['GET', '/centres/odense/destinations', 'centres:read'],
    ['GET', '/called-aes', 'centres:read'],
    ['POST', '/centres', 'centres:write'],
    ['POST', '/centres/odense/legal-entities', 'centres:write'],
    ['POST', '/centres/odense/calling-aes', 'centres:write'],
    ['DELETE', '/centres/odense/calling-aes/NONE', 'centres:write'],
    ['POST', '/centres/odense/certificates', 'centres:write'],
    ['POST', '/centres/odense/certificates/none/revoke', 'centres:write'],
    ['POST', '/centres/odense/destinations', 'centres:write'],
    ['DELETE', '/centres/odense/destinations/none', 'centres:write'],
    ['POST', '/called-aes', 'centres:write'],
    ['POST', '/centres/odense/destinations/none/echo', 'centres:write'],
    ['GET', '/senders', 'senders:read'],
    ['GET', '/senders/none', 'senders:read'],
    ['POST', '/senders/none/enrol', 'senders:write'],
    ['POST', '/senders/none/dismiss', 'senders:write'],
    ['GET', '/series', 'series:read'],
    ['GET', '/series/1.2.3', 'series:read'],
    ['GET', '/studies/1.2.3/progress', 'series:read'],
    ['GET', '/journal', 'journal:read'],
  ];

  it.each(routes)('%s %s needs %s and nothing else opens it', async (method, path, permission) => {
    const body = method === 'POST' ? {} : undefined;
    expect((await bench.api(method, path, body, 'no-such-token')).status).toBe(401);
    for (const other of PERMISSIONS) {
      const { status } = await bench.api(method, path, body, tokenOf(other));
      if (other === permission) expect([401, 403]).not.toContain(status);
      else expect(status).toBe(403);
    }
  });

  it('are declared by every route; only health and the description of the API are public', () => {
    const declared = bench.app.get(RoutePermissions, { strict: false }).routes();
    expect(declared.filter(({ access }) => access === 'undeclared')).toEqual([]);
    expect(
      declared
        .filter(({ access }) => access === 'public')
        .map(({ controller }) => controller)
        .sort(),
    ).toEqual(['HealthController', 'OpenApiController']);
    expect(declared.length).toBeGreaterThan(routes.length);
  });
});

describe('the door of the API', () => {
  it('answers health and its own description without a token, and metrics only with one', async () => {
    expect(await statusOf('/health', {})).toBe(200);
    expect(await statusOf('/api/v1/openapi.json', {})).toBe(200);
    expect(await statusOf('/metrics', {})).toBe(401);
    expect(await statusOf('/metrics', { authorization: `Bearer ${tokenOf('metrics:read')}` })).toBe(200);
  });

  it.each([
    ['a foreign host name (DNS rebinding)', { host: 'evil.example' }],
    ['a foreign web page', { origin: 'http://evil.example' }],
  ])('refuses %s', async (_what, headers) => {
    expect(await statusOf('/health', headers)).toBe(403);
  });

  it('describes every route with its schemas', async () => {
    const { body } = await bench.api('GET', '/openapi.json');
    const paths = Object.keys(body.paths as object);
    expect(paths).toEqual(
      expect.arrayContaining(['/api/v1/centres', '/api/v1/series', '/api/v1/studies/{uid}/progress']),
    );
    expect(JSON.stringify(body.components)).toContain('settleTimeMs');
  });
});

describe('problems', () => {
  it('name code, advice and path, and are application/problem+json', async () => {
    const answer = await bench.api('GET', '/centres/nowhere');
    expect(answer).toMatchObject({
      status: 404,
      type: expect.stringContaining('application/problem+json') as string,
      body: {
        code: 'NOT_FOUND',
        status: 404,
        type: 'urn:modelbank:problem:NOT_FOUND',
        instance: '/api/v1/centres/nowhere',
      },
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['a wrong value', { aeTitle: 'ZEBEDEE\\SECRET' }, /aeTitle must be a DICOM AE title/],
    ['an unknown property', { aeTitle: 'CT9', ZEBEDEE: 'SECRET' }, /has a property that is not known/],
    ['a wrong type', { aeTitle: 'CT9', settleTimeMs: 'SECRET ZEBEDEE' }, /settleTimeMs must/],
  ])('tell what is wrong with %s, and never repeat it', async (_what, body, expected) => {
    const answer = await bench.api('POST', '/centres/odense/calling-aes', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect(answer.body.detail).toMatch(expected);
    expect(JSON.stringify(answer.body)).not.toMatch(/ZEBEDEE|SECRET/);
  });

  it('are told for a body that is no JSON, without repeating it', async () => {
    const response = await fetch(`${bench.baseUrl}/api/v1/centres`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bench.operatorToken}`, 'content-type': 'application/json' },
      body: '{"id": ZEBEDEE',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('ZEBEDEE');
  });
});

describe('centres', () => {
  it('are enrolled with all that binds them to the network, and every change is in the journal', async () => {
    await bench.api('POST', '/centres', {
      id: 'vejle',
      name: 'Sygehus Lillebælt',
      legalEntity: { name: 'Region Syddanmark', validFrom: '2020-01-01T00:00:00Z', validTo: '2026-12-31T23:59:59Z' },
    });
    await bench.api('POST', '/centres/vejle/calling-aes', {
      aeTitle: 'VEJLE_CT',
      settleTimeMs: 500,
      sendsWholeSeries: true,
    });
    const destination = await bench.api('POST', '/centres/vejle/destinations', {
      ...{ name: 'PACS', aeTitle: 'PACS', host: 'localhost', port: 4242, kind: 'test' },
    });
    expect(destination).toMatchObject({ status: 201, body: { tls: true, holes: 'xor', active: true } });
    const inClear = await bench.api('POST', '/centres/vejle/destinations', {
      ...{ name: 'PACS', aeTitle: 'PACS', host: 'pacs.example.org', port: 104, kind: 'test', tls: false },
    });
    expect(inClear).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    const shown = await bench.api('GET', '/centres/vejle');
    expect(shown.body).toMatchObject({
      legalEntities: [{ name: 'Region Syddanmark', validTo: '2026-12-31T23:59:59.000Z' }],
      callingAes: [{ aeTitle: 'VEJLE_CT', settleTimeMs: 500, sendsWholeSeries: true }],
      destinations: [{ host: 'localhost', port: 4242 }],
    });
    const kinds = (await bench.api('GET', '/journal?centre=vejle')).body.map((entry) => entry.kind);
    expect(kinds.reverse()).toEqual(['centre.added', 'centre.callingAeAdded', 'centre.destinationAdded']);
    const removed = await bench.api('DELETE', `/centres/vejle/destinations/${String(destination.body.id)}`);
    expect(removed.status).toBe(204);
  });

  it('never share an AE title or a certificate', async () => {
    expect((await bench.api('POST', '/centres/aarhus/calling-aes', { aeTitle: 'CT1' })).body.code).toBe('CONFLICT');
    const pem = await readFile(bench.pki.centres.odense.client.certPath, 'utf8');
    expect((await bench.api('POST', '/centres/aarhus/certificates', { pem })).body.code).toBe('CONFLICT');
  });

  it.each<[string, () => Promise<string>]>([
    ['a private key', () => readFile(bench.pki.centres.odense.client.keyPath, 'utf8')],
    ['the certificate of an authority', () => readFile(bench.pki.caPath, 'utf8')],
    ['something else', () => Promise.resolve('x'.repeat(100))],
  ])('refuse %s as a certificate', async (_what, pem) => {
    const answer = await bench.api('POST', '/centres/odense/certificates', { pem: await pem() });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });

  it('start with one called AE, for tests only', async () => {
    expect((await bench.api('GET', '/called-aes')).body).toMatchObject([{ aeTitle: 'MODELBANK', purpose: 'test' }]);
    await bench.api('POST', '/called-aes', { aeTitle: 'MB_LEFT', purpose: 'test', parameters: { side: 'left' } });
    expect((await bench.api('GET', '/called-aes')).body).toHaveLength(2);
    expect(
      (await bench.api('POST', '/called-aes', { aeTitle: 'MB_RIGHT', purpose: 'test', parameters: { side: {} } }))
        .status,
    ).toBe(400);
  });
});
