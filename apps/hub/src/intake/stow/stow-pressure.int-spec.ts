/** STOW-RS when the disk is behind or gone: the sender waits and is not blamed for it, or is told to come again. */
import promises, { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { InstanceEntity } from '@modelbank/store';
import { sliceUids } from '../../../../../test/support/ct-slices';
import { STOW_HEADERS, jsonOf, multipart, sliceFile, stow } from '../../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../../test/support/intake-bench';
import { closed, openRaw, rawStoreHead, until } from '../../../../../test/support/raw-https';
import { ReceiveInstance } from '../receive-instance';

/** A disk that is slow on purpose. */
jest.setTimeout(60_000);

let bench: IntakeBench;

beforeAll(async () => {
  bench = await IntakeBench.open({ settings: 'dicomweb: { limits: { idleTimeoutMs: 1000, rateWindowMs: 1000 } }' });
  await bench.enrol();
});
afterAll(() => bench.dispose());

describe('a store request', () => {
  it.each([
    ['large', 50, 800],
    ['many small', 400, 200],
  ])('of %s instances stands still while the disk does, and is served when it goes on', async (what, count, side) => {
    let goOn: () => void = () => undefined;
    const disk = new Promise<void>((resolve) => (goOn = resolve));
    const reception = bench.app.get(ReceiveInstance, { strict: false });
    const open = reception.open.bind(reception);
    const slow = jest.spyOn(reception, 'open').mockImplementation(async (announced) => {
      const sink = await open(announced);
      return { ...sink, write: (chunk) => disk.then(() => sink.write(chunk)) };
    });
    const plans = Array.from({ length: count }, (_, k) => ({ seed: `pressure ${what}`, k, side }));
    const body = multipart(plans.map((plan) => sliceFile(plan)));
    const head = rawStoreHead({ ...STOW_HEADERS, 'content-length': String(body.length) });
    const { socket, next } = await openRaw(bench, head);
    const answer = next();
    socket.write(body);
    // longer than silence and a trickle are allowed
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(socket.writableLength).toBeGreaterThan(body.length / 2);
    goOn();
    expect(await answer).toMatch(/^HTTP\/1.1 200 /);
    slow.mockRestore();
    socket.destroy();
    const { study } = sliceUids(plans[0]);
    expect(await bench.reads.manager.countBy(InstanceEntity, { studyInstanceUid: study })).toBe(count);
  });

  it('is told to come again when nothing can be written, and is served when that is over', async () => {
    const objects = join(bench.configuration.home, 'objects');
    await rename(objects, `${objects}-gone`);
    const files = [0, 1].map((k) => sliceFile({ seed: 'pressure gone', k }));
    const refused = await stow(bench, files);
    await rename(`${objects}-gone`, objects);
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    const failed = jsonOf(refused)['00081198'].Value as Record<string, { Value: unknown[] }>[];
    expect(failed.map((item) => item['00081197'].Value[0])).toEqual([0xa700, 0xa700]);
    expect((await stow(bench, files)).status).toBe(200);
  });
});

describe('a store request on a disk that is nearly full', () => {
  const MIB = 2 ** 20;
  const [blocks, minFreeBytes, reserveFreeBytes] = [1000, 100 * MIB, 50 * MIB];
  let small: IntakeBench;
  /** MiB of 1000. */
  let free = 500;

  beforeAll(async () => {
    jest
      .spyOn(promises, 'statfs')
      .mockImplementation(() =>
        Promise.resolve({ ...{ bsize: MIB, blocks, bfree: free, bavail: free }, ...{ type: 0, files: 0, ffree: 0 } }),
      );
    small = await IntakeBench.open({
      configure: ({ storage }) => void Object.assign(storage, { minFreeBytes, reserveFreeBytes }),
    });
    await small.enrol();
  });
  afterAll(async () => {
    await small.dispose();
    jest.restoreAllMocks();
  });

  /** What a sender of so many bytes hears before it sends the first of them. */
  async function announce(contentLength: number): Promise<string> {
    const asks = { expect: '100-continue', 'content-length': String(contentLength) };
    const { socket, next } = await openRaw(small, rawStoreHead({ ...STOW_HEADERS, ...asks }));
    const answer = await next();
    socket.destroy();
    await closed(socket);
    return answer;
  }

  it('is turned away before its body is read, told when to come again, and served when there is room', async () => {
    expect(await announce(1000)).toMatch(/^HTTP\/1.1 100 /);
    free = 90;
    await until(async () => (await announce(1000)).startsWith('HTTP/1.1 503 '));
    const answer = await announce(1000);
    expect(answer).toMatch(/\r\nretry-after: 60\r\n/i);
    expect(answer).toContain('"code":"STORAGE_FULL"');
    const files = [sliceFile({ seed: 'nearly full', k: 0 })];
    expect((await stow(small, files)).status).toBe(503);
    expect(await small.reads.manager.count(InstanceEntity)).toBe(0);
    free = 500;
    await until(async () => (await announce(1000)).startsWith('HTTP/1.1 100 '));
    expect((await stow(small, files)).status).toBe(200);
    expect(await small.journal('stow.refused')).not.toContainEqual(
      expect.objectContaining({ details: expect.objectContaining({ code: 'STORAGE_FULL' }) as unknown }),
    );
  });

  it('is turned away by the length that it announces, where others are served', async () => {
    free = 500;
    await until(async () => (await announce(300 * MIB)).startsWith('HTTP/1.1 100 '));
    expect(await announce(401 * MIB)).toMatch(/^HTTP\/1.1 503 /);
  });
});
