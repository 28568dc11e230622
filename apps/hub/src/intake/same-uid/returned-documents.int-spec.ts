/** A structure set that comes back edited under its UID, also under the UID that the hub gave its result. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { deriveUid, parseUid, sopClassUid, writeDataSet, writePart10 } from '@modelbank/dicom';
import type { DataSet, Uid } from '@modelbank/dicom';
import { InstanceRevisionEntity, ResultEntity, insertRow } from '@modelbank/store';
import { EXPLICIT, SameUidBench } from '../../../../../test/support/same-uid-bench';

const RT_STRUCTURE_SET = sopClassUid('RTStructureSetStorage');

/** Each comparison starts a process, on a busy machine. */
jest.setTimeout(60_000);

let bench: SameUidBench;
beforeAll(async () => {
  bench = await SameUidBench.open();
});
afterAll(() => bench.dispose());

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
    bench.receive(writeDataSet(dataSet, encoding), parseUid(String(dataSet.SOPInstanceUID)), {
      classUid: RT_STRUCTURE_SET,
      centreId,
      transferSyntaxUid: encoding === 'explicit' ? EXPLICIT : '1.2.840.10008.1.2',
    });

  it('with changed contours under its UID is a revision that waits for adjustments', async () => {
    const uid = deriveUid('revised');
    expect(await send(structures(uid, 0))).toBeUndefined();
    expect(await send(structures(uid, 0), 'implicit')).toBeUndefined();
    expect(await bench.revisions(uid)).toEqual([]);
    expect(await send(structures(uid, 1))).toBeUndefined();
    expect(await send(structures(uid, 1))).toBeUndefined();
    expect(await send(structures(uid, 1), 'implicit')).toBeUndefined();
    expect(await send(structures(uid, 1, { Manufacturer: 'TPS' }))).toBeUndefined();
    expect(await send(structures(uid, 2, { ApprovalStatus: 'APPROVED' }))).toBeUndefined();
    const [first] = await bench.instances(uid);
    const rows = await bench.revisions(uid);
    expect(rows).toMatchObject([
      { disposition: 'waiting', dispositionCode: 'CONTENT_CHANGED', firstKind: 'instance', firstId: first.id },
      { disposition: 'waiting', dispositionCode: 'CONTENT_CHANGED' },
    ]);
    for (const { objectKey, id } of rows) {
      expect(existsSync(bench.objects.pathOf(objectKey))).toBe(true);
      expect(await bench.journalOf('instance.revised', id)).toHaveLength(1);
    }
    // adjustments moves it on; it stays acknowledged
    await bench.units.run((tx) =>
      tx.manager.update(InstanceRevisionEntity, { id: rows[0].id }, { disposition: 'discarded' }),
    );
    expect(await send(structures(uid, 1))).toBeUndefined();
    expect(await send(structures(uid, 3, { PatientID: 'P2' }))).toBe('INSTANCE_CONFLICT');
    expect((await bench.revisions(uid)).at(-1)).toMatchObject({
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
    expect([await bench.instances(uid), await bench.revisions(uid)]).toEqual([[], []]);
    expect(await send(structures(uid, 1))).toBeUndefined();
    expect(await send(structures(uid, 1))).toBeUndefined();
    expect(await bench.revisions(uid)).toMatchObject([
      { firstKind: 'result', firstId: 'result-1', disposition: 'waiting' },
    ]);
    expect(await bench.instances(uid)).toEqual([]);
    expect(await send(structures(uid, 1), 'explicit', 'aarhus')).toBeUndefined();
    expect(await bench.instances(uid)).toMatchObject([{ centreId: 'aarhus' }]);
  });

  async function keepAsResult(uid: Uid, dataSet: DataSet): Promise<void> {
    const bytes = writePart10(dataSet);
    const objectSha256 = createHash('sha256').update(bytes).digest('hex');
    const objectKey = `results/${objectSha256}`;
    await bench.objects.put(objectKey, bytes);
    await bench.units.run((tx) =>
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
