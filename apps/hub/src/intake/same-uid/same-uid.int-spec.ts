/** One SOP Instance UID, twice: what dcmtk made of an image, what somebody changed in it, and what planning systems do to results. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OBJECT_STORE, UNIT_OF_WORK, asHubError } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import { deriveUid, parseUid, sopClassUid, splitPart10, writeDataSet, writePart10 } from '@modelbank/dicom';
import type { DataSet, Uid } from '@modelbank/dicom';
import { HeldItemEntity, InstanceEntity, InstanceRevisionEntity, ResultEntity, insertRow } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { itWhen, runStorescu } from '@modelbank/testing';
import {
  CT_IMAGE_STORAGE,
  element,
  sequence,
  sliceDataSet,
  sliceUids,
  unsigned,
  writeSlice,
} from '../../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../../test/support/ct-slices';
import { IntakeBench } from '../../../../../test/support/intake-bench';
import type { AnnouncedInstance } from '../arrival';
import { OrphanObjects } from '../orphan-objects';
import { ReceiveInstance } from '../receive-instance';
import { QuarantinedObjects } from './quarantined-objects';

/** Each comparison starts a process, on a busy machine. */
jest.setTimeout(60_000);

const EXPLICIT = '1.2.840.10008.1.2.1';
const RT_STRUCTURE_SET = sopClassUid('RTStructureSetStorage');
const HAS_DCMTK = ['storescu', 'dcmconv', 'dcmcjpeg', 'dcmcrle', 'dcmcjpls'].every((tool) =>
  existsSync(`/usr/bin/${tool}`),
);

let bench: IntakeBench;
let folder: string;
beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
  folder = await mkdtemp(join(tmpdir(), 'modelbank-same-uid-'));
});
afterAll(async () => {
  await bench.dispose();
  await rm(folder, { recursive: true, force: true });
});

function announced(sopInstanceUid: Uid, classUid: string, centreId: string): AnnouncedInstance {
  const callingAe = { aeTitle: 'CT1', centreId, settleTimeMs: 1000, sendsWholeSeries: false };
  const calledAe = { aeTitle: 'MODELBANK', purpose: 'test', protocolId: null, parameters: {} } as const;
  const arrival = { id: `assoc-${centreId}`, callingAe, calledAe, startedAt: new Date(), actor: 'f'.repeat(64) };
  return { arrival, sopClassUid: classUid, sopInstanceUid, transferSyntaxUid: EXPLICIT };
}

/** The code that a sender is refused with, or undefined. */
async function receive(
  dataSet: Uint8Array,
  sopInstanceUid: Uid,
  { classUid = CT_IMAGE_STORAGE, centreId = 'odense', transferSyntaxUid = EXPLICIT } = {},
): Promise<string | undefined> {
  const sink = await bench.app
    .get(ReceiveInstance, { strict: false })
    .open({ ...announced(sopInstanceUid, classUid, centreId), transferSyntaxUid });
  await sink.write(Buffer.from(dataSet));
  return sink.finish().then(
    () => undefined,
    (thrown: unknown) => asHubError(thrown).code,
  );
}
const receiveSlice = (plan: SlicePlan) => receive(sliceDataSet(plan), sliceUids(plan).instance);

const instances = (sopInstanceUid: string) => bench.reads.manager.findBy(InstanceEntity, { sopInstanceUid });
const revisions = (sopInstanceUid: string) =>
  bench.reads.manager.find(InstanceRevisionEntity, { where: { sopInstanceUid }, order: { id: 'ASC' } });
const pathOf = (objectKey: string) => bench.app.get<ObjectStore>(OBJECT_STORE, { strict: false }).pathOf(objectKey);
const journalOf = async (kind: string, subjectId: string) =>
  (await bench.journal(kind)).filter((entry) => entry.subjectId === subjectId);

async function objectCount(): Promise<number> {
  const below = join(bench.configuration.home, 'objects', 'instances');
  return (await readdir(below, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
}

describe('the same image in another encoding', () => {
  const planOf = (seed: string): SlicePlan => ({
    ...{ seed, k: 0, side: 32 },
    more: [sequence(0x00081110, element(0x00080104, 'LO', 'odd')), element(0x00111001, 'LO', 'private ')],
  });

  const dcmtk = itWhen(HAS_DCMTK, 'dcmtk is not installed');
  dcmtk.each(['-xi', '-xb'])('of a sender that converts it (storescu %s) is a duplicate', async (option) => {
    const { path, sopInstanceUid } = await writeSlice(folder, planOf(`storescu${option}`));
    const tls = bench.toolTls('odense');
    const target = { port: bench.dimsePort, callingAeTitle: 'CT1', calledAeTitle: 'MODELBANK', tls };
    expect((await runStorescu(target, [path])).exitCode).toBe(0);
    await expectDuplicate(sopInstanceUid, async () => {
      const sent = await runStorescu(target, [option, path]);
      expect(sent).toMatchObject({ exitCode: 0, output: expect.stringContaining('Store Response (Success)') });
    });
  });

  dcmtk.each([
    ['undefined lengths', 'dcmconv', ['--length-undefined']],
    ['group lengths', 'dcmconv', ['--group-length-create']],
    ['trailing padding', 'dcmconv', ['--padding-create', '512', '512']],
    ['implicit VRs', 'dcmconv', ['+ti']],
    ['big endian', 'dcmconv', ['+tb']],
    ['JPEG lossless', 'dcmcjpeg', ['+e1']],
    ['JPEG-LS lossless', 'dcmcjpls', ['+el']],
    ['RLE', 'dcmcrle', []],
  ])('%s: a duplicate', async (name, tool, options) => {
    const { path, sopInstanceUid, dataSet } = await writeSlice(folder, planOf(name));
    expect(await receive(dataSet, parseUid(sopInstanceUid))).toBeUndefined();
    execFileSync(tool, [...options, path, `${path}.other`], { stdio: 'pipe' });
    const bytes = await readFile(`${path}.other`);
    const { dataSetOffset, meta } = splitPart10(bytes);
    const other = bytes.subarray(dataSetOffset);
    expect(other.equals(dataSet)).toBe(false);
    await expectDuplicate(sopInstanceUid, async () => {
      const { transferSyntaxUid } = meta;
      expect(await receive(other, parseUid(sopInstanceUid), { transferSyntaxUid })).toBeUndefined();
    });
  });

  async function expectDuplicate(sopInstanceUid: string, sendAgain: () => Promise<void>): Promise<void> {
    const [first] = await instances(sopInstanceUid);
    const object = await readFile(pathOf(first.objectKey));
    const before = await objectCount();
    await sendAgain();
    expect(await instances(sopInstanceUid)).toEqual([first]);
    expect(await revisions(sopInstanceUid)).toEqual([]);
    expect((await readFile(pathOf(first.objectKey))).equals(object)).toBe(true);
    expect(await objectCount()).toBe(before);
    expect(await journalOf('instance.conflict', first.id)).toEqual([]);
    const described = await journalOf('instance.redescribed', first.id);
    // dcmcjpeg says what it did
    expect(described.filter(({ details }) => !JSON.stringify(details).includes('DerivationDescription'))).toEqual([]);
    const told = (await bench.outbox()).filter(({ envelope }) => envelope.event === 'image.stored');
    expect(told.filter(({ envelope }) => JSON.stringify(envelope.body).includes(first.id)).length).toBeLessThan(2);
  }
});

describe('an image that changed', () => {
  itWhen(HAS_DCMTK, 'dcmtk is not installed')(
    'by lossy compression under its UID: refused, because that makes another image (PS3.3 C.7.6.1.1.5)',
    async () => {
      const noise = Buffer.from(Array.from({ length: 2 * 32 * 32 }, (_, i) => (i % 2 === 0 ? (i * 73) % 251 : 0)));
      const plan = {
        seed: 'near lossless',
        k: 0,
        side: 32,
        more: [unsigned(0x00280103, 0), element(0x7fe00010, 'OW', noise)],
      };
      const { path, sopInstanceUid, dataSet } = await writeSlice(folder, plan);
      await receive(dataSet, parseUid(sopInstanceUid));
      execFileSync('dcmcjpls', ['+en', '+md', '3', '--uid-never', path, `${path}.near`], { stdio: 'pipe' });
      const bytes = await readFile(`${path}.near`);
      const { dataSetOffset, meta } = splitPart10(bytes);
      const { transferSyntaxUid } = meta;
      const answer = await receive(bytes.subarray(dataSetOffset), parseUid(sopInstanceUid), { transferSyntaxUid });
      expect(answer).toBe('INSTANCE_CONFLICT');
      const [{ dispositionCode, differences }] = await revisions(sopInstanceUid);
      expect([dispositionCode, differences]).toMatchObject(['PIXELS_CHANGED', { pixels: { largestDifference: 3 } }]);
    },
  );

  it.each<[string, Partial<SlicePlan>, string, string]>([
    ['other pixels', { more: [element(0x7fe00010, 'OW', Buffer.alloc(512))] }, 'PIXELS_CHANGED', 'PixelData'],
    ['another size', { side: 8 }, 'PIXELS_CHANGED', 'Rows'],
    ['another position', { more: [element(0x00200032, 'DS', '0\\0\\99')] }, 'GEOMETRY_CHANGED', 'ImagePositionPatient'],
    ['another spacing', { more: [element(0x00280030, 'DS', '1\\1.1')] }, 'GEOMETRY_CHANGED', 'PixelSpacing'],
    ['another rescale', { more: [element(0x00281053, 'DS', '2')] }, 'PIXELS_CHANGED', 'RescaleSlope'],
    ['another patient', { patientId: '0101701234' }, 'PATIENT_CHANGED', 'PatientID'],
    ['another study', { more: [element(0x0020000d, 'UI', '1.2.3')] }, 'STUDY_CHANGED', 'StudyInstanceUID'],
  ])('%s: refused, kept apart, told; the first stays', async (name, change, code, attribute) => {
    const plan: SlicePlan = { seed: `changed ${name}`, k: 0 };
    const uid = sliceUids(plan).instance;
    expect(await receiveSlice(plan)).toBeUndefined();
    const [first] = await instances(uid);
    expect(await receiveSlice({ ...plan, ...change })).toBe('INSTANCE_CONFLICT');
    expect(await instances(uid)).toEqual([first]);
    const [row] = await revisions(uid);
    expect(row).toMatchObject({
      disposition: 'quarantined',
      dispositionCode: code,
      firstKind: 'instance',
      firstId: first.id,
    });
    const kept = await readFile(pathOf(row.objectKey));
    expect(kept.subarray(-64)).toEqual(sliceDataSet({ ...plan, ...change }).subarray(-64));
    const item = await bench.reads.manager.findOneByOrFail(HeldItemEntity, { subjectId: row.id });
    expect(item).toMatchObject({ kind: 'revision', code, state: 'held' });
    expect(JSON.stringify(item.details)).toContain(`"attribute":"${attribute}"`);
    expect(JSON.stringify(item)).not.toContain('0101701234');
    expect(await journalOf('instance.conflict', first.id)).toHaveLength(1);

    expect(await receiveSlice({ ...plan, ...change })).toBe('INSTANCE_CONFLICT');
    expect(await revisions(uid)).toEqual([row]);
    expect(existsSync(pathOf(row.objectKey))).toBe(true);
    expect(await journalOf('instance.conflict', first.id)).toHaveLength(2);
    expect(await receiveSlice(plan)).toBeUndefined();
  });

  it('is shown with the numbers that differ, and may be discarded but not released', async () => {
    const plan: SlicePlan = { seed: 'numbers', k: 0 };
    const uid = sliceUids(plan).instance;
    await receiveSlice(plan);
    const pixels = sliceDataSet(plan).subarray(-512);
    const brighter = Buffer.from(pixels);
    brighter.writeInt16LE(pixels.readInt16LE(0) + 7, 0);
    await receiveSlice({ ...plan, more: [element(0x7fe00010, 'OW', brighter), element(0x00200032, 'DS', '0\\0\\1')] });
    const [row] = await revisions(uid);
    const item = await bench.reads.manager.findOneByOrFail(HeldItemEntity, { subjectId: row.id });
    expect(item.details).toMatchObject({
      differences: [
        { attribute: 'ImagePositionPatient', numbers: { first: [0, 0, 0], second: [0, 0, 1] } },
        { attribute: 'PixelData', concern: 'pixels' },
      ],
      pixels: { frames: 1, differingFrames: 1, differingPixels: 1, largestDifference: 7 },
    });
    const handler = bench.app.get(QuarantinedObjects, { strict: false });
    const units = bench.app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false });
    await expect(units.run((tx) => handler.release(tx, item))).rejects.toMatchObject({ code: 'CONFLICT' });
    await units.run((tx) => handler.discard(tx, item));
    expect(await revisions(uid)).toMatchObject([{ disposition: 'discarded' }]);
  });

  it('is kept apart unseen where nobody can compare it', async () => {
    const plan: SlicePlan = { seed: 'unreadable', k: 0 };
    await receiveSlice(plan);
    const cut = { ...plan, more: [element(0x7fe00010, 'OW', Buffer.alloc(10))] };
    expect(await receiveSlice(cut)).toBe('INSTANCE_CONFLICT');
    expect(await revisions(sliceUids(plan).instance)).toMatchObject([
      { disposition: 'quarantined', dispositionCode: 'CONTENT_NOT_COMPARABLE', decodedSha256: null },
    ]);
  });

  it('is a duplicate where only its description changed, and the journal names the attributes', async () => {
    const plan: SlicePlan = { seed: 'described', k: 0 };
    const uid = sliceUids(plan).instance;
    await receiveSlice(plan);
    const [first] = await instances(uid);
    const described = { ...plan, more: [element(0x00080080, 'LO', 'OUH'), element(0x00081030, 'LO', 'Thorax')] };
    expect(await receiveSlice(described)).toBeUndefined();
    expect(await receiveSlice(described)).toBeUndefined();
    expect([await instances(uid), await revisions(uid)]).toEqual([[first], []]);
    const told = await journalOf('instance.redescribed', first.id);
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told[0].details)).toMatch(/InstitutionName.*StudyDescription/);
    expect(JSON.stringify(told[0].details)).not.toMatch(/OUH|Thorax/);
  });

  it('is kept at most twenty times for one UID', async () => {
    const plan: SlicePlan = { seed: 'flood', k: 0 };
    const uid = sliceUids(plan).instance;
    await receiveSlice(plan);
    const before = await objectCount();
    for (let z = 1; z <= 21; z += 1) {
      const moved = { ...plan, more: [element(0x00200032, 'DS', `0\\0\\${z}`)] };
      expect(await receiveSlice(moved)).toBe('INSTANCE_CONFLICT');
    }
    expect(await revisions(uid)).toHaveLength(20);
    expect(await objectCount()).toBe(before + 20);
  });
});

describe('a race', () => {
  it('of two contents for one UID has one winner, and the other is judged against it', async () => {
    for (let k = 0; k < 4; k += 1) {
      const plan: SlicePlan = { seed: 'race', k };
      const uid = sliceUids(plan).instance;
      const answers = await Promise.all([receiveSlice(plan), receiveSlice({ ...plan, patientId: 'P2' })]);
      expect([...answers].sort()).toEqual(['INSTANCE_CONFLICT', undefined]);
      const [[first], [second], rest] = [await instances(uid), await revisions(uid), await instances(uid)];
      expect(rest).toHaveLength(1);
      expect(second).toMatchObject({ firstId: first.id, dispositionCode: 'PATIENT_CHANGED' });
      expect(second.contentSha256).not.toBe(first.contentSha256);
    }
  });

  it('of one changed content with itself keeps it once', async () => {
    const plan: SlicePlan = { seed: 'race with itself', k: 0 };
    const uid = sliceUids(plan).instance;
    await receiveSlice(plan);
    const answers = await Promise.all(Array.from({ length: 12 }, () => receiveSlice({ ...plan, patientId: 'P2' })));
    expect(new Set(answers)).toEqual(new Set(['INSTANCE_CONFLICT']));
    const [row, ...more] = await revisions(uid);
    expect(more).toEqual([]);
    expect(existsSync(pathOf(row.objectKey))).toBe(true);
    expect(await bench.app.get(OrphanObjects, { strict: false }).removeOrphans()).toBe(0);
  });
});

describe('a structure set', () => {
  const structures = (sopInstanceUid: Uid, z: number, more: DataSet = {}): DataSet => ({
    SOPClassUID: RT_STRUCTURE_SET,
    SOPInstanceUID: sopInstanceUid,
    StudyInstanceUID: deriveUid('same-uid', 'study'),
    SeriesInstanceUID: deriveUid('same-uid', 'structures'),
    Modality: 'RTSTRUCT',
    PatientID: 'P1',
    ROIContourSequence: [
      {
        ReferencedROINumber: 1,
        ContourSequence: [{ ContourGeometricType: 'CLOSED_PLANAR', ContourData: [0, 0, z, 1, 0, z, 1, 1, z] }],
      },
    ],
    ...more,
  });
  const send = (dataSet: DataSet, encoding: 'explicit' | 'implicit' = 'explicit', centreId = 'odense') =>
    receive(writeDataSet(dataSet, encoding), parseUid(String(dataSet.SOPInstanceUID)), {
      classUid: RT_STRUCTURE_SET,
      centreId,
      transferSyntaxUid: encoding === 'explicit' ? EXPLICIT : '1.2.840.10008.1.2',
    });

  it('with changed contours under its UID is a revision that waits for adjustments', async () => {
    const uid = deriveUid('revised');
    expect(await send(structures(uid, 0))).toBeUndefined();
    expect(await send(structures(uid, 0), 'implicit')).toBeUndefined();
    expect(await revisions(uid)).toEqual([]);
    expect(await send(structures(uid, 1))).toBeUndefined();
    expect(await send(structures(uid, 1))).toBeUndefined();
    expect(await send(structures(uid, 1), 'implicit')).toBeUndefined();
    expect(await send(structures(uid, 1, { Manufacturer: 'TPS' }))).toBeUndefined();
    expect(await send(structures(uid, 2, { ApprovalStatus: 'APPROVED' }))).toBeUndefined();
    const [first] = await instances(uid);
    const rows = await revisions(uid);
    expect(rows).toMatchObject([
      { disposition: 'waiting', dispositionCode: 'CONTENT_CHANGED', firstKind: 'instance', firstId: first.id },
      { disposition: 'waiting', dispositionCode: 'CONTENT_CHANGED' },
    ]);
    for (const { objectKey, id } of rows) {
      expect(existsSync(pathOf(objectKey))).toBe(true);
      expect(await journalOf('instance.revised', id)).toHaveLength(1);
    }
    expect(await send(structures(uid, 3, { PatientID: 'P2' }))).toBe('INSTANCE_CONFLICT');
    expect((await revisions(uid)).at(-1)).toMatchObject({
      disposition: 'quarantined',
      dispositionCode: 'PATIENT_CHANGED',
    });
  });

  it('of the hub that comes back unchanged is a duplicate, edited a revision, from another centre its own', async () => {
    const uid = deriveUid('our own');
    const ours = structures(uid, 0);
    await keepAsResult(uid, ours);
    expect(await send(ours)).toBeUndefined();
    expect(await send(ours, 'implicit')).toBeUndefined();
    expect([await instances(uid), await revisions(uid)]).toEqual([[], []]);
    expect(await send(structures(uid, 1))).toBeUndefined();
    expect(await send(structures(uid, 1))).toBeUndefined();
    expect(await revisions(uid)).toMatchObject([{ firstKind: 'result', firstId: 'result-1', disposition: 'waiting' }]);
    expect(await instances(uid)).toEqual([]);
    expect(await send(structures(uid, 1), 'explicit', 'aarhus')).toBeUndefined();
    expect(await instances(uid)).toMatchObject([{ centreId: 'aarhus' }]);
  });

  async function keepAsResult(uid: Uid, dataSet: DataSet): Promise<void> {
    const objects = bench.app.get<ObjectStore>(OBJECT_STORE, { strict: false });
    const bytes = writePart10(dataSet);
    const path = join(folder, 'result.dcm');
    await writeFile(path, bytes);
    const objectSha256 = createHash('sha256').update(bytes).digest('hex');
    const objectKey = `results/${objectSha256}`;
    await objects.put(objectKey, bytes);
    await bench.app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false }).run((tx) =>
      insertRow(tx.manager, ResultEntity, {
        ...{ id: 'result-1', jobId: 'job-1', centreId: 'odense', kind: 'RTSTRUCT', encodingProfile: 'xor' },
        ...{
          sopClassUid: RT_STRUCTURE_SET,
          sopInstanceUid: uid,
          seriesInstanceUid: deriveUid('same-uid', 'structures'),
        },
        ...{
          objectKey,
          objectSha256,
          rois: [],
          remarks: [],
          state: 'built',
          supersededByResultId: null,
          stateReason: null,
        },
        builtAt: new Date(),
      } as ResultEntity),
    );
  }
});
