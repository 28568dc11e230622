/** STOW-RS at its limits: what is refused before its body is read, and requests that go wrong half way. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AssociationEntity, InstanceEntity } from '@modelbank/store';
import { sliceUids } from '../../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../../test/support/ct-slices';
import { BOUNDARY, STOW_HEADERS, multipart, sliceFile, stow } from '../../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../../test/support/intake-bench';
import { closed, openRaw, rawStoreHead, until } from '../../../../../test/support/raw-https';

let bench: IntakeBench;

/** Small limits, so that tests can reach them. */
const SMALL_LIMITS = `dicomweb:
  limits: { maxInstanceBytes: 1048576, maxRequestBytes: 8388608, maxParts: 30, maxStoresPerCentre: 2, idleTimeoutMs: 1000 }
`;

beforeAll(async () => {
  bench = await IntakeBench.open({ settings: SMALL_LIMITS });
  await bench.enrol();
});
afterAll(() => bench.dispose());

const instanceOf = (plan: SlicePlan, centreId = 'odense') =>
  bench.reads.manager.findOneBy(InstanceEntity, { centreId, sopInstanceUid: sliceUids(plan).instance });
const partFiles = () => readdir(join(bench.configuration.home, 'objects', '.parts'));
describe('a request that is refused before its body is read', () => {
  const gibibytes4 = String(4 * 1024 ** 3);
  it.each<[string, Record<string, string>, number, string]>([
    ['4 GiB that never come (G1)', { 'content-length': gibibytes4 }, 413, 'DATASET_TOO_LARGE'],
    ['gzip (G2)', { 'content-encoding': 'gzip' }, 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['brotli (G2)', { 'content-encoding': 'br' }, 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['a ZIP archive (G3)', { 'content-type': 'application/zip' }, 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['DICOM JSON (C2)', { 'content-type': 'application/dicom+json' }, 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['JSON (C2)', { 'content-type': 'application/json' }, 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
    [
      'XML (C2, D8)',
      { 'content-type': `multipart/related; type="application/dicom+xml"; boundary=x` },
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
    ],
    ['no boundary', { 'content-type': 'multipart/related; type="application/dicom"' }, 400, 'INVALID_REQUEST'],
    ['an answer in XML', { accept: 'application/dicom+xml' }, 406, 'NOT_ACCEPTABLE'],
  ])('for %s', async (_what, headers, status, code) => {
    const asked = rawStoreHead({ ...STOW_HEADERS, 'content-length': '1000', ...headers });
    const answer = await (await openRaw(bench, asked)).next();
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain(`"code":"${code}"`);
    expect(answer).toContain('Connection: close');
  });

  it('for an AE title that we have not, or no UID in the path', async () => {
    expect((await stow(bench, [], { path: '/dicomweb/ELSEWHERE/studies' })).status).toBe(404);
    expect((await stow(bench, [], { path: '/dicomweb/MODELBANK/studies/..%2f..%2fetc' })).status).toBe(400);
  });

  it('without being told to go on, where it asks first; else it is told', async () => {
    const headers = { ...STOW_HEADERS, expect: '100-continue' };
    const body = multipart([sliceFile({ seed: 'stow continue', k: 0 })]);
    const refused = await openRaw(bench, rawStoreHead({ ...headers, 'content-length': String(9e9) }));
    expect(await refused.next()).toMatch(/^HTTP\/1.1 413 /);
    const accepted = await openRaw(bench, rawStoreHead({ ...headers, 'content-length': String(body.length) }));
    expect(await accepted.next()).toMatch(/^HTTP\/1.1 100 Continue/);
    accepted.socket.write(body);
    expect(await accepted.next()).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('a request that goes wrong', () => {
  const parts = (seed: string) =>
    multipart([sliceFile({ seed, k: 0, side: 128 }), sliceFile({ seed, k: 1, side: 128 })]);

  it('with more bytes than it may have, though it did not say so, ends', async () => {
    const body = Array.from({ length: 15 }, (_, k) => sliceFile({ seed: 'stow endless', k, side: 600 }));
    const { next, socket } = await openRaw(bench, rawStoreHead({ ...STOW_HEADERS, 'transfer-encoding': 'chunked' }));
    const bytes = multipart(body);
    socket.write(`${bytes.length.toString(16)}\r\n`);
    socket.write(bytes);
    expect(await next()).toMatch(/^HTTP\/1.1 413 /);
  });

  it('with more parts than it may have ends', async () => {
    const files = Array.from({ length: 31 }, (_, k) => sliceFile({ seed: 'stow many', k, side: 8 }));
    expect((await stow(bench, files)).status).toBe(413);
    expect(await partFiles()).toEqual([]);
  });

  it.each([
    ['without its last boundary', (body: Buffer) => body.subarray(0, body.length - 10)],
    ['without any boundary', () => Buffer.from('no parts at all')],
    ['with no part', () => Buffer.from(`--${BOUNDARY}--\r\n`)],
  ])('%s is a bad request, and leaves nothing half', async (what, change) => {
    const seed = `stow ${what}`;
    const answer = await stow(bench, [], { body: change(parts(seed)) });
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'content-type': expect.stringContaining('problem') as string },
    });
    expect(await partFiles()).toEqual([]);
    expect(await instanceOf({ seed, k: 1 })).toBeNull();
  });

  it('because its connection is lost leaves nothing half, and its arrival is aborted', async () => {
    const body = parts('stow lost');
    const { socket } = await openRaw(bench, rawStoreHead({ ...STOW_HEADERS, 'content-length': String(body.length) }));
    socket.write(body.subarray(0, body.length - 20_000));
    await until(async () => (await instanceOf({ seed: 'stow lost', k: 0 })) !== null);
    socket.destroy();
    const row = await instanceOf({ seed: 'stow lost', k: 0 });
    const arrival = () => bench.reads.manager.findOneByOrFail(AssociationEntity, { id: row?.associationId });
    await until(async () => (await arrival()).endedAt !== null);
    expect((await arrival()).outcome).toBe('aborted');
    expect(await partFiles()).toEqual([]);
    expect(await instanceOf({ seed: 'stow lost', k: 1 })).toBeNull();
  });

  it('because its sender falls silent is told so and closed', async () => {
    const body = parts('stow silent');
    const { next, socket } = await openRaw(
      bench,
      rawStoreHead({ ...STOW_HEADERS, 'content-length': String(body.length) }),
    );
    socket.write(body.subarray(0, 1000));
    expect(await next()).toMatch(/^HTTP\/1.1 408 /);
    await closed(socket);
    expect(await partFiles()).toEqual([]);
  });

  it('because its centre has too many under way is told when to come again; another centre is served', async () => {
    const body = parts('stow crowd');
    const headers = { ...STOW_HEADERS, 'content-length': String(body.length), expect: '100-continue' };
    const crowd = [await openRaw(bench, rawStoreHead(headers)), await openRaw(bench, rawStoreHead(headers))];
    for (const { next } of crowd) expect(await next()).toMatch(/^HTTP\/1.1 100 /);
    const answer = await stow(bench, [sliceFile({ seed: 'stow crowd', k: 5 })]);
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '30' } });
    expect((await stow(bench, [sliceFile({ seed: 'stow crowd', k: 5 })], { centre: 'aarhus' })).status).toBe(200);
    crowd.forEach(({ socket }) => socket.destroy());
    await until(async () => (await stow(bench, [sliceFile({ seed: 'stow crowd', k: 6 })])).status === 200);
  });
});
