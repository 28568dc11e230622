/** An image that comes again with other pixels, geometry, patient or description, alone and in a race. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseUid, splitPart10 } from '@modelbank/dicom';
import { HeldItemEntity } from '@modelbank/store';
import { itWhen } from '@modelbank/testing';
import { element, sliceDataSet, sliceUids, unsigned, writeSlice } from '../../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../../test/support/ct-slices';
import { SameUidBench } from '../../../../../test/support/same-uid-bench';
import { OrphanObjects } from '../orphan-objects';
import { QuarantinedObjects } from './quarantined-objects';

/** Each comparison starts a process, on a busy machine. */
jest.setTimeout(60_000);

let bench: SameUidBench;
beforeAll(async () => {
  bench = await SameUidBench.open();
});
afterAll(() => bench.dispose());

const HAS_DCMTK = ['dcmcjpls'].every((tool) => existsSync(`/usr/bin/${tool}`));

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
      const { path, sopInstanceUid, dataSet } = await writeSlice(bench.folder, plan);
      await bench.receive(dataSet, parseUid(sopInstanceUid));
      execFileSync('dcmcjpls', ['+en', '+md', '3', '--uid-never', path, `${path}.near`], { stdio: 'pipe' });
      const bytes = await readFile(`${path}.near`);
      const { dataSetOffset, meta } = splitPart10(bytes);
      const { transferSyntaxUid } = meta;
      const answer = await bench.receive(bytes.subarray(dataSetOffset), parseUid(sopInstanceUid), {
        transferSyntaxUid,
      });
      expect(answer).toBe('INSTANCE_CONFLICT');
      const [{ dispositionCode, differences }] = await bench.revisions(sopInstanceUid);
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
    expect(await bench.receiveSlice(plan)).toBeUndefined();
    const [first] = await bench.instances(uid);
    expect(await bench.receiveSlice({ ...plan, ...change })).toBe('INSTANCE_CONFLICT');
    expect(await bench.instances(uid)).toEqual([first]);
    const [row] = await bench.revisions(uid);
    expect(row).toMatchObject({
      disposition: 'quarantined',
      dispositionCode: code,
      firstKind: 'instance',
      firstId: first.id,
    });
    const kept = await readFile(bench.objects.pathOf(row.objectKey));
    expect(kept.subarray(-64)).toEqual(sliceDataSet({ ...plan, ...change }).subarray(-64));
    const item = await bench.intake.reads.manager.findOneByOrFail(HeldItemEntity, { subjectId: row.id });
    expect(item).toMatchObject({ kind: 'revision', code, state: 'held' });
    expect(JSON.stringify(item.details)).toContain(`"attribute":"${attribute}"`);
    expect(JSON.stringify(item)).not.toContain('0101701234');
    expect(await bench.journalOf('instance.conflict', first.id)).toHaveLength(1);

    expect(await bench.receiveSlice({ ...plan, ...change })).toBe('INSTANCE_CONFLICT');
    expect(await bench.revisions(uid)).toEqual([row]);
    expect(existsSync(bench.objects.pathOf(row.objectKey))).toBe(true);
    expect(await bench.journalOf('instance.conflict', first.id)).toHaveLength(2);
    expect(await bench.receiveSlice(plan)).toBeUndefined();
  });

  it('is shown with the numbers that differ, and may be discarded but not released', async () => {
    const plan: SlicePlan = { seed: 'numbers', k: 0 };
    const uid = sliceUids(plan).instance;
    await bench.receiveSlice(plan);
    const pixels = sliceDataSet(plan).subarray(-512);
    const brighter = Buffer.from(pixels);
    brighter.writeInt16LE(pixels.readInt16LE(0) + 7, 0);
    await bench.receiveSlice({
      ...plan,
      more: [element(0x7fe00010, 'OW', brighter), element(0x00200032, 'DS', '0\\0\\1')],
    });
    const [row] = await bench.revisions(uid);
    const item = await bench.intake.reads.manager.findOneByOrFail(HeldItemEntity, { subjectId: row.id });
    expect(item.details).toMatchObject({
      differences: [
        { attribute: 'ImagePositionPatient', numbers: { first: [0, 0, 0], second: [0, 0, 1] } },
        { attribute: 'PixelData', concern: 'pixels' },
      ],
      pixels: { frames: 1, differingFrames: 1, differingPixels: 1, largestDifference: 7 },
    });
    const handler = bench.intake.app.get(QuarantinedObjects, { strict: false });
    const units = bench.units;
    await expect(units.run((tx) => handler.release(tx, item))).rejects.toMatchObject({ code: 'CONFLICT' });
    await units.run((tx) => handler.discard(tx, item));
    expect(await bench.revisions(uid)).toMatchObject([{ disposition: 'discarded' }]);
  });

  it('is kept apart unseen where nobody can compare it', async () => {
    const plan: SlicePlan = { seed: 'unreadable', k: 0 };
    await bench.receiveSlice(plan);
    const cut = { ...plan, more: [element(0x7fe00010, 'OW', Buffer.alloc(10))] };
    expect(await bench.receiveSlice(cut)).toBe('INSTANCE_CONFLICT');
    expect(await bench.revisions(sliceUids(plan).instance)).toMatchObject([
      { disposition: 'quarantined', dispositionCode: 'CONTENT_NOT_COMPARABLE', decodedSha256: null },
    ]);
  });

  it('is a duplicate where only its description changed, and the journal names the attributes', async () => {
    const plan: SlicePlan = { seed: 'described', k: 0 };
    const uid = sliceUids(plan).instance;
    await bench.receiveSlice(plan);
    const [first] = await bench.instances(uid);
    const described = { ...plan, more: [element(0x00080080, 'LO', 'OUH'), element(0x00081030, 'LO', 'Thorax')] };
    expect(await bench.receiveSlice(described)).toBeUndefined();
    expect(await bench.receiveSlice(described)).toBeUndefined();
    expect([await bench.instances(uid), await bench.revisions(uid)]).toEqual([[first], []]);
    const told = await bench.journalOf('instance.redescribed', first.id);
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told[0].details)).toMatch(/InstitutionName.*StudyDescription/);
    expect(JSON.stringify(told[0].details)).not.toMatch(/OUH|Thorax/);
  });

  it('is kept at most twenty times for one UID', async () => {
    const plan: SlicePlan = { seed: 'flood', k: 0 };
    const uid = sliceUids(plan).instance;
    await bench.receiveSlice(plan);
    const before = await bench.objectCount();
    for (let z = 1; z <= 21; z += 1) {
      const moved = { ...plan, more: [element(0x00200032, 'DS', `0\\0\\${z}`)] };
      expect(await bench.receiveSlice(moved)).toBe('INSTANCE_CONFLICT');
    }
    expect(await bench.revisions(uid)).toHaveLength(20);
    expect(await bench.objectCount()).toBe(before + 20);
  });
});

describe('a race', () => {
  it('of two contents for one UID has one winner, and the other is judged against it', async () => {
    for (let k = 0; k < 4; k += 1) {
      const plan: SlicePlan = { seed: 'race', k };
      const uid = sliceUids(plan).instance;
      const answers = await Promise.all([bench.receiveSlice(plan), bench.receiveSlice({ ...plan, patientId: 'P2' })]);
      expect([...answers].sort()).toEqual(['INSTANCE_CONFLICT', undefined]);
      const [[first], [second], rest] = [
        await bench.instances(uid),
        await bench.revisions(uid),
        await bench.instances(uid),
      ];
      expect(rest).toHaveLength(1);
      expect(second).toMatchObject({ firstId: first.id, dispositionCode: 'PATIENT_CHANGED' });
      expect(second.contentSha256).not.toBe(first.contentSha256);
    }
  });

  it('of one changed content with itself keeps it once', async () => {
    const plan: SlicePlan = { seed: 'race with itself', k: 0 };
    const uid = sliceUids(plan).instance;
    await bench.receiveSlice(plan);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => bench.receiveSlice({ ...plan, patientId: 'P2' })),
    );
    expect(new Set(answers)).toEqual(new Set(['INSTANCE_CONFLICT']));
    const [row, ...more] = await bench.revisions(uid);
    expect(more).toEqual([]);
    expect(existsSync(bench.objects.pathOf(row.objectKey))).toBe(true);
    expect(await bench.intake.app.get(OrphanObjects, { strict: false }).removeOrphans()).toBe(0);
  });
});
