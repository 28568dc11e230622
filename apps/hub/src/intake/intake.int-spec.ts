/** The DICOM door with real peers: dcmtk over mutual TLS, raw sockets for what dcmtk would not send. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssociationEntity, HeldItemEntity, InstanceEntity } from '@modelbank/store';
import {
  RawPeer,
  rawAssociateRequest,
  rawData,
  rawStoreRequest,
  readRawCommand,
  runEchoscu,
  runStorescu,
} from '@modelbank/testing';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { CT_IMAGE_STORAGE, element, sliceDataSet, sliceUids, writeSlice } from '../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../test/support/ct-slices';

/** Real tools, sockets and databases on a busy machine. */
jest.setTimeout(60_000);

let bench: IntakeBench;
let folder: string;

beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
  folder = await mkdtemp(join(tmpdir(), 'modelbank-slices-'));
});
afterAll(async () => {
  await bench.dispose();
  await rm(folder, { recursive: true, force: true });
});

const target = (centre = 'odense', callingAeTitle = 'CT1', calledAeTitle = 'MODELBANK') => ({
  port: bench.dimsePort,
  callingAeTitle,
  calledAeTitle,
  tls: bench.toolTls(centre),
});

const instanceOf = (plan: SlicePlan, centreId = 'odense') =>
  bench.reads.manager.findOneBy(InstanceEntity, { centreId, sopInstanceUid: sliceUids(plan).instance });

/** One association, one C-STORE of these bytes; the status that came back. */
async function storeRaw(
  dataSet: Buffer,
  sopInstanceUid: string,
  sopClassUid = CT_IMAGE_STORAGE,
): Promise<number | undefined> {
  const peer = await RawPeer.connect(bench.dimsePort, await bench.socketTls('odense'));
  peer.send(rawAssociateRequest({ callingAeTitle: 'CT1', maximumLength: 65_536 }));
  await peer.next();
  peer.send(rawData(3, 0x03, rawStoreRequest(sopInstanceUid, 1, sopClassUid)));
  for (let at = 0; at === 0 || at < dataSet.length; at += 60_000) {
    const isLast = at + 60_000 >= dataSet.length;
    peer.send(rawData(3, isLast ? 0x02 : 0x00, dataSet.subarray(at, at + 60_000)));
  }
  const answer = await peer.next();
  peer.close();
  return answer === 'closed' ? undefined : readRawCommand(answer.bytes).status;
}

const parts = () => readdir(join(bench.configuration.home, 'objects', '.parts'));

describe('what is accepted', () => {
  it('answers C-ECHO of an enrolled peer', async () => {
    expect((await runEchoscu(target())).exitCode).toBe(0);
  });

  it('keeps a CT image byte for byte, and tells assembly of it', async () => {
    const plan = { seed: 'kept', k: 0, side: 128 };
    const file = await writeSlice(folder, plan);
    expect((await runStorescu(target(), [file.path])).exitCode).toBe(0);
    const row = await instanceOf(plan);
    const object = await readFile(join(bench.configuration.home, 'objects', row?.objectKey ?? ''));
    expect(object.subarray(-file.dataSet.length).equals(file.dataSet)).toBe(true);
    expect(row).toMatchObject({
      disposition: 'waiting',
      purpose: 'test',
      contentSha256: createHash('sha256').update(object).digest('hex'),
      objectSha256: createHash('sha256').update(object).digest('hex'),
      sizeBytes: object.length,
    });
    expect(row?.patientKey).toMatch(/^[0-9a-f]{64}$/);
    const told = (await bench.outbox()).filter(({ envelope }) => envelope.causationId === row?.associationId);
    expect(told.map(({ queue }) => queue).sort()).toEqual(['assembly.association.ended', 'assembly.image.stored']);
    const association = await bench.reads.manager.findOneByOrFail(AssociationEntity, { id: row?.associationId });
    expect(association).toMatchObject({ callingAeTitle: 'CT1', outcome: 'released', instancesStored: 1 });
    expect(await parts()).toEqual([]);
  });

  it('acknowledges the same content again without a second row or image event', async () => {
    const plan = { seed: 'twice', k: 0 };
    const { path } = await writeSlice(folder, plan);
    await runStorescu(target(), [path]);
    const imageEvents = async () =>
      (await bench.outbox()).filter(({ envelope }) => envelope.event === 'image.stored').length;
    const before = await imageEvents();
    expect((await runStorescu(target(), [path])).exitCode).toBe(0);
    expect(await imageEvents()).toBe(before);
    expect(await bench.reads.manager.countBy(InstanceEntity, { sopInstanceUid: sliceUids(plan).instance })).toBe(1);
  });

  it('acknowledges one UID sent fifty times at once, and stores it once', async () => {
    const plan = { seed: 'fifty', k: 0, side: 64 };
    const dataSet = sliceDataSet(plan);
    const uid = sliceUids(plan).instance;
    const statuses: (number | undefined)[] = [];
    for (let round = 0; round < 10; round += 1) {
      statuses.push(...(await Promise.all(Array.from({ length: 5 }, () => storeRaw(dataSet, uid)))));
    }
    expect(new Set(statuses)).toEqual(new Set([0x0000]));
    expect(await bench.reads.manager.countBy(InstanceEntity, { sopInstanceUid: uid })).toBe(1);
    const row = await instanceOf(plan);
    expect((await readFile(join(bench.configuration.home, 'objects', row?.objectKey ?? ''))).length).toBe(
      row?.sizeBytes,
    );
    expect(await parts()).toEqual([]);
  });

  it('keeps the same UID of two centres apart', async () => {
    const plan = { seed: 'shared', k: 0 };
    const { path } = await writeSlice(folder, plan);
    await runStorescu(target('odense', 'CT1'), [path]);
    expect((await runStorescu(target('aarhus', 'CT2'), [path])).exitCode).toBe(0);
    const [odense, aarhus] = [await instanceOf(plan, 'odense'), await instanceOf(plan, 'aarhus')];
    expect(odense?.objectKey).not.toBe(aarhus?.objectKey);
    expect(odense?.patientKey).not.toBe(aarhus?.patientKey);
  });

  it.each([
    ['MR', '1.2.840.10008.5.1.4.1.1.4', 'notApplicable', 'MODALITY_NOT_ASSEMBLED'],
    ['RTPLAN', '1.2.840.10008.5.1.4.1.1.481.5', 'notApplicable', 'CLASS_NOT_NEEDED'],
    ['Enhanced CT', '1.2.840.10008.5.1.4.1.1.2.1', 'held', 'ENHANCED_CT'],
  ])('keeps %s with its disposition', async (name, sopClassUid, disposition, dispositionCode) => {
    const plan = { seed: `class ${name}`, k: 0, sopClassUid };
    const { path } = await writeSlice(folder, plan);
    const sent = await runStorescu(target(), [path]);
    expect(sent.exitCode).toBe(0);
    const row = await instanceOf(plan);
    expect(row).toMatchObject({ disposition, dispositionCode });
    const held = await bench.reads.manager.countBy(HeldItemEntity, { kind: 'instance', subjectId: row?.id });
    expect(held).toBe(disposition === 'held' ? 1 : 0);
  });

  it('acknowledges an instance without a patient id', async () => {
    const plan = { seed: 'nobody', k: 0, patientId: '' };
    const { path } = await writeSlice(folder, plan);
    expect((await runStorescu(target(), [path])).exitCode).toBe(0);
    expect((await instanceOf(plan))?.patientKey).toBeNull();
  });
});

describe('who is refused', () => {
  it.each([
    ['a certificate that is enrolled nowhere', 'unknown', 'CT1', 'MODELBANK', 'UNKNOWN_CERTIFICATE', '1/1/3'],
    ["another centre's AE title", 'odense', 'CT2', 'MODELBANK', 'AE_TITLE_MISMATCH', '1/1/3'],
    ['an AE title that nobody has', 'odense', 'NOBODY', 'MODELBANK', 'AE_TITLE_MISMATCH', '1/1/3'],
    ['a called AE title that we have not', 'odense', 'CT1', 'ELSEWHERE', 'CALLED_AE_UNKNOWN', '1/1/7'],
  ])('%s', async (_what, centre, calling, called, code, rejection) => {
    const before = (await bench.journal('association.rejected')).length;
    const answer = await runEchoscu(target(centre, calling, called));
    expect(answer.exitCode).not.toBe(0);
    expect(answer.output).toMatch(
      rejection === '1/1/3' ? /Calling AE Title Not Recognized/ : /Called AE Title Not Recognized/,
    );
    const entries = await bench.journal('association.rejected');
    expect(entries.length).toBe(before + 1);
    expect(entries.at(-1)).toMatchObject({
      actor: bench.pki.centres[centre].client.fingerprintSha256,
      details: { code, rejection, callingAeTitle: calling, calledAeTitle: called },
    });
  });

  it('cuts a live association when its certificate is revoked, and lets it in no more', async () => {
    const { fingerprintSha256 } = bench.pki.centres.aarhus.client;
    const peer = await RawPeer.connect(bench.dimsePort, await bench.socketTls('aarhus'));
    peer.send(rawAssociateRequest({ callingAeTitle: 'CT2' }));
    await peer.next();
    const revoked = await bench.api('POST', `/centres/aarhus/certificates/${fingerprintSha256}/revoke`);
    expect(revoked.status).toBe(204);
    await peer.closed();
    expect((await runEchoscu(target('aarhus', 'CT2'))).exitCode).not.toBe(0);
    expect((await bench.journal('association.rejected')).at(-1)?.details).toMatchObject({
      code: 'CERTIFICATE_REVOKED',
    });
  });
});

describe('what is refused', () => {
  const plan = { seed: 'refused', k: 0, side: 64 };
  const whole = sliceDataSet(plan);
  const uid = sliceUids(plan).instance;
  const other = sliceUids({ seed: 'other', k: 0 }).instance;

  it.each<[string, Buffer, string, number]>([
    ['a truncated data set', whole.subarray(0, whole.length - 100), uid, 0xc000],
    [
      'a text file',
      Buffer.from('Dear colleague, please find the scan of our patient attached. '.repeat(20)),
      uid,
      0xc000,
    ],
    ['a data set of no bytes', Buffer.alloc(0), uid, 0xc000],
    ['another UID than announced', whole, other, 0xa900],
    ['no series', sliceDataSet({ ...plan, more: [element(0x0020000e, 'UI', '')] }), uid, 0xa900],
  ])('%s', async (_what, dataSet, announced, status) => {
    const before = await bench.reads.manager.count(InstanceEntity);
    expect(await storeRaw(dataSet, announced)).toBe(status);
    expect(await bench.reads.manager.count(InstanceEntity)).toBe(before);
    expect(await parts()).toEqual([]);
    expect((await runEchoscu(target())).exitCode).toBe(0);
  });

  it('other content under a UID that is taken: the first stays', async () => {
    const taken = { seed: 'taken', k: 0 };
    const { path } = await writeSlice(folder, taken);
    await runStorescu(target(), [path]);
    const first = await instanceOf(taken);
    const changed = sliceDataSet({ ...taken, side: 32 });
    expect(await storeRaw(changed, sliceUids(taken).instance)).toBe(0x0111);
    expect(await instanceOf(taken)).toEqual(first);
    expect((await bench.journal('instance.conflict')).at(-1)?.subjectId).toBe(first?.id);
  });

  it('a connection that is lost inside a data set leaves nothing behind', async () => {
    const peer = await RawPeer.connect(bench.dimsePort, await bench.socketTls('odense'));
    peer.send(rawAssociateRequest({ callingAeTitle: 'CT1', maximumLength: 65_536 }));
    await peer.next();
    peer.send(rawData(3, 0x03, rawStoreRequest(uid)), rawData(3, 0x00, whole.subarray(0, 4000)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    peer.close();
    for (let waited = 0; (await parts()).length > 0 && waited < 40; waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await parts()).toEqual([]);
    expect(await instanceOf(plan)).toBeNull();
  });
});
