/** STOW-RS over mutual TLS, byte for byte: what is kept, and what each part is told. */
import { Agent } from 'node:https';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AssociationEntity, InstanceEntity } from '@modelbank/store';
import { sliceDataSet, sliceUids, element } from '../../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../../test/support/ct-slices';
import { STOW_HEADERS, jsonOf, multipart, sliceFile, stow } from '../../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../../test/support/intake-bench';

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
const values = (items: unknown[] | undefined, tag: string) =>
  (items as Record<string, { Value: unknown[] }>[] | undefined)?.map((item) => item[tag]?.Value[0]);

describe('a store request', () => {
  it('keeps every instance byte for byte, and says where each can be had', async () => {
    const plans = Array.from({ length: 20 }, (_, k) => ({ seed: 'stow kept', k, side: 128 }));
    const answer = await stow(
      bench,
      plans.map((plan) => sliceFile(plan)),
    );
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/dicom+json; charset=utf-8' } });
    const { study, series } = sliceUids(plans[0]);
    const base = `https://localhost:${bench.dicomwebPort}/dicomweb/MODELBANK/studies/${study}`;
    const body = jsonOf(answer);
    expect(body['00081190'].Value).toEqual([base]);
    expect(values(body['00081199'].Value, '00081190')).toEqual(
      plans.map((plan) => `${base}/series/${series}/instances/${sliceUids(plan).instance}`),
    );
    for (const plan of plans) {
      const row = await instanceOf(plan);
      const object = await readFile(join(bench.configuration.home, 'objects', row?.objectKey ?? ''));
      const dataSet = sliceDataSet(plan);
      expect(object.subarray(-dataSet.length).equals(dataSet)).toBe(true);
      expect(row).toMatchObject({ disposition: 'waiting', purpose: 'test' });
    }
    expect(await partFiles()).toEqual([]);
  });

  it('is an arrival with a row of its own that ends', async () => {
    const plan = { seed: 'stow arrival', k: 0 };
    await stow(bench, [sliceFile(plan)]);
    const row = await instanceOf(plan);
    const arrival = await bench.reads.manager.findOneByOrFail(AssociationEntity, { id: row?.associationId });
    expect(arrival).toMatchObject({ centreId: 'odense', callingAeTitle: 'STOW-RS', outcome: 'released' });
    expect(arrival.instancesStored).toBe(1);
    const told = (await bench.outbox()).filter(({ envelope }) => envelope.causationId === arrival.id);
    expect(told.map(({ queue }) => queue).sort()).toEqual(['assembly.association.ended', 'assembly.image.stored']);
  });

  it('may repeat what is stored, whole or in part', async () => {
    const files = [0, 1, 2].map((k) => sliceFile({ seed: 'stow repeat', k }));
    await stow(bench, files.slice(0, 2));
    expect((await stow(bench, files)).status).toBe(200);
    const { study } = sliceUids({ seed: 'stow repeat', k: 0 });
    expect(await bench.reads.manager.countBy(InstanceEntity, { studyInstanceUid: study })).toBe(3);
  });

  it('serves the next one on the same connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const tls = { agent };
    const first = await stow(bench, [sliceFile({ seed: 'stow alive', k: 0 })], { tls });
    const second = await stow(bench, [sliceFile({ seed: 'stow alive', k: 1 })], { tls });
    agent.destroy();
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.isReusedConnection).toBe(true);
  });

  it('is read in whatever pieces it comes', async () => {
    const plan = { seed: 'stow pieces', k: 0, side: 8 };
    const whole = multipart([sliceFile(plan), sliceFile({ ...plan, k: 1 })]);
    const pieces = Array.from({ length: whole.length }, (_, at) => whole.subarray(at, at + 1));
    expect((await stow(bench, [], { body: pieces })).status).toBe(200);
    expect(await instanceOf({ ...plan, k: 1 })).not.toBeNull();
  });

  it('never keeps the preamble of the sender', async () => {
    const plan = { seed: 'stow preamble', k: 0 };
    const file = sliceFile(plan);
    file.write('II*\0 not ours', 0, 'latin1');
    expect((await stow(bench, [file])).status).toBe(200);
    const row = await instanceOf(plan);
    const object = await readFile(join(bench.configuration.home, 'objects', row?.objectKey ?? ''));
    expect(object.subarray(0, 128).equals(Buffer.alloc(128))).toBe(true);
  });

  it('goes into one study where its path names one', async () => {
    const [mine, other] = [sliceFile({ seed: 'stow mine', k: 0 }), sliceFile({ seed: 'stow other', k: 0 })];
    const path = `/dicomweb/MODELBANK/studies/${sliceUids({ seed: 'stow mine', k: 0 }).study}`;
    const answer = await stow(bench, [mine, other], { path });
    expect(answer.status).toBe(202);
    expect(values(jsonOf(answer)['00081198'].Value, '00081197')).toEqual([0xa900]);
    expect(await instanceOf({ seed: 'stow other', k: 0 })).toBeNull();
    expect((await stow(bench, [other], { path })).status).toBe(400);
  });
});

describe('a part that is refused', () => {
  const plan = { seed: 'stow refused', k: 0 };
  const whole = sliceFile(plan);
  const dataSetAt = whole.length - sliceDataSet(plan).length;
  const withMeta = (meta: Buffer) => Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, sliceDataSet(plan)]);
  const meta = (transferSyntax: string | undefined) =>
    withMeta(
      Buffer.concat([
        element(0x00020002, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
        element(0x00020003, 'UI', sliceUids(plan).instance),
        transferSyntax === undefined ? Buffer.alloc(0) : element(0x00020010, 'UI', transferSyntax),
      ]),
    );
  const startingWith = (text: string) => Buffer.concat([Buffer.from(text, 'latin1'), whole.subarray(text.length)]);
  const deep = Buffer.concat(
    Array.from({ length: 1000 }, () => Buffer.from('400030a753510000fffffffffeff00e0ffffffff', 'hex')),
  );

  it.each<[string, Buffer, number, number, boolean]>([
    ['a Windows program in its preamble', startingWith('MZ'), 415, 0xc000, false],
    ['an ELF program in its preamble', startingWith('\x7fELF'), 415, 0xc000, false],
    ['a script in its preamble', startingWith('#!/bin/sh'), 415, 0xc000, false],
    ['no DICM', Buffer.from('Dear colleague, '.repeat(100)), 415, 0xc000, false],
    ['nothing', Buffer.alloc(0), 415, 0xc000, false],
    ['a ZIP archive', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5000)]), 415, 0xc000, false],
    ['a meta group cut at byte 131', whole.subarray(0, 131), 415, 0xc000, false],
    ['a meta group cut at byte 140', whole.subarray(0, 140), 400, 0xc000, false],
    ['no transfer syntax', meta(undefined), 400, 0xc000, false],
    ['a private transfer syntax', meta('1.2.840.113619.5.2'), 415, 0xc122, false],
    ['the deflated transfer syntax', meta('1.2.840.10008.1.2.1.99'), 415, 0xc122, false],
    ['a transfer syntax that its data is not in', meta('1.2.840.10008.1.2.2'), 400, 0xc000, true],
    ['a meta group of 70 kB', withMeta(element(0x00020100, 'UN', Buffer.alloc(70_000))), 400, 0xc000, false],
    ['a DICOMDIR', sliceFile({ ...plan, sopClassUid: '1.2.840.10008.1.3.10' }), 415, 0x0122, false],
    ['a truncated data set', whole.subarray(0, whole.length - 100), 400, 0xc000, true],
    [
      'another instance than its meta group names',
      Buffer.concat([whole.subarray(0, dataSetAt), sliceDataSet({ ...plan, k: 1 })]),
      400,
      0xa900,
      true,
    ],
    ['sequences 1000 deep', Buffer.concat([whole.subarray(0, dataSetAt), deep]), 400, 0xc000, true],
    ['more bytes than an instance may have', sliceFile({ ...plan, side: 800 }), 413, 0xc000, true],
  ])('for %s', async (_what, part, status, reason, isNamed) => {
    const refused = (await bench.journal('stow.refused')).length;
    const answer = await stow(bench, [part]);
    expect(answer.status).toBe(status);
    const body = jsonOf(answer);
    expect(values(body[isNamed ? '00081198' : '0008119A'].Value, '00081197')).toEqual([reason]);
    expect(body['00081199']).toBeUndefined();
    expect(await instanceOf(plan)).toBeNull();
    expect(await partFiles()).toEqual([]);
    expect((await bench.journal('stow.refused')).length).toBe(refused + 1);
  });

  it('leaves the parts around it unharmed', async () => {
    const good = [0, 1, 2, 3].map((k) => ({ seed: 'stow around', k }));
    const bad = [startingWith('MZ'), sliceFile({ seed: 'stow around', k: 9, side: 800 })];
    const files = good.map((each) => sliceFile(each));
    const answer = await stow(bench, [files[0], bad[0], files[1], files[2], bad[1], files[3]]);
    expect(answer.status).toBe(202);
    expect(jsonOf(answer)['00081199'].Value).toHaveLength(4);
    expect(jsonOf(answer)['00081198'].Value).toHaveLength(1);
    expect(jsonOf(answer)['0008119A'].Value).toHaveLength(1);
    for (const each of good) expect(await instanceOf(each)).not.toBeNull();
  });

  it('when other content has its UID: the first stays', async () => {
    const taken = { seed: 'stow taken', k: 0 };
    await stow(bench, [sliceFile(taken)]);
    const first = await instanceOf(taken);
    const answer = await stow(bench, [sliceFile({ ...taken, side: 32 })]);
    expect(answer.status).toBe(409);
    expect(values(jsonOf(answer)['00081198'].Value, '00081197')).toEqual([0x0111]);
    expect(await instanceOf(taken)).toEqual(first);
  });

  it('when it says that it is not application/dicom', async () => {
    const answer = await stow(bench, [], { body: multipart([whole], 'application/pdf') });
    expect(answer.status).toBe(415);
    expect(await instanceOf(plan)).toBeNull();
  });
});

describe('a store request of a well-known client', () => {
  it('curl, which asks before it sends a large body', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'modelbank-curl-'));
    const path = join(folder, 'body');
    const plans = Array.from({ length: 4 }, (_, k) => ({ seed: 'stow curl', k, side: 512 }));
    await writeFile(path, multipart(plans.map((plan) => sliceFile(plan))));
    const { caPath, certPath, keyPath } = bench.toolTls('odense');
    const { stdout } = await promisify(execFile)('curl', [
      ...['-sS', '-v', '--cacert', caPath, '--cert', certPath, '--key', keyPath],
      ...['-H', `Content-Type: ${STOW_HEADERS['content-type']}`, '--data-binary', `@${path}`],
      `https://localhost:${bench.dicomwebPort}/dicomweb/MODELBANK/studies`,
    ]);
    expect((JSON.parse(stdout) as Record<string, { Value: unknown[] }>)['00081199'].Value).toHaveLength(4);
    await rm(folder, { recursive: true });
  });
});
