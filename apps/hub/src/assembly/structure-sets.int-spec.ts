/** Structure sets that a centre sends, from the wire to what is held: only contours that can be trusted, of images that are here, go on. */
import { UNIT_OF_WORK } from '@modelbank/contracts';
import type { UnitOfWork } from '@modelbank/store';
import { deriveUid, parseUid, sopClassUid, writeDataSet } from '@modelbank/dicom';
import type { DataSet } from '@modelbank/dicom';
import { HeldItemEntity, InstanceEntity } from '@modelbank/store';
import { CT_IMAGE_STORAGE, sliceDataSet, sliceUids } from '../../../../test/support/ct-slices';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { HeldInstances } from '../intake/held-instances';
import { ReceiveInstance } from '../intake/receive-instance';
import { SeriesAssembly } from './series-assembly';
import { StructureSets } from './structure-sets';

jest.setTimeout(60_000);

const RT = sopClassUid('RTStructureSetStorage');
const { study } = sliceUids({ seed: 'structures', k: 0 });

let bench: IntakeBench;
beforeAll(async () => {
  bench = await IntakeBench.open();
});
afterAll(() => bench.dispose());

const units = () => bench.app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false });
const rowOf = (sopInstanceUid: string) => bench.reads.manager.findOneByOrFail(InstanceEntity, { sopInstanceUid });
const heldOf = async (sopInstanceUid: string) => {
  const { id } = await rowOf(sopInstanceUid);
  return bench.reads.manager.findOneBy(HeldItemEntity, { kind: 'instance', subjectId: id, state: 'held' });
};

async function receive(associationId: string, dataSet: Uint8Array, sopInstanceUid: string, classUid: string) {
  const callingAe = { aeTitle: 'CT1', centreId: 'odense', settleTimeMs: 1000, sendsWholeSeries: false };
  const calledAe = { aeTitle: 'MODELBANK', purpose: 'test', protocolId: null, parameters: {} } as const;
  const arrival = {
    id: associationId,
    callingAe,
    calledAe,
    startedAt: new Date(),
    actor: 'f'.repeat(64),
    remoteAddress: '127.0.0.1',
  };
  const sink = await bench.app.get(ReceiveInstance, { strict: false }).open({
    ...{ arrival, sopClassUid: classUid, sopInstanceUid: parseUid(sopInstanceUid) },
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  });
  await sink.write(Buffer.from(dataSet));
  expect(await sink.finish()).toBe(0);
}

/** What the consumer does when it is told of the end. */
async function end(associationId: string): Promise<void> {
  const structureSets = bench.app.get(StructureSets, { strict: false });
  const verdicts = await structureSets.judge(associationId);
  await units().run(async (tx) => {
    await bench.app.get(SeriesAssembly, { strict: false }).associationEnded(tx, associationId, 'released', 'cause');
    await structureSets.write(tx, verdicts);
  });
}

const structures = (name: string, referenced: readonly string[], contourData: number[]): DataSet => ({
  SOPClassUID: RT,
  SOPInstanceUID: deriveUid('structures', name),
  StudyInstanceUID: study,
  SeriesInstanceUID: deriveUid('structures', name, 'series'),
  Modality: 'RTSTRUCT',
  PatientID: 'P1',
  StructureSetROISequence: [{ ROINumber: 1, ROIName: 'Heart', ROIGenerationAlgorithm: 'MANUAL' }],
  ROIContourSequence: [
    {
      ReferencedROINumber: 1,
      ContourSequence: referenced.map((uid) => ({
        ContourImageSequence: [{ ReferencedSOPClassUID: CT_IMAGE_STORAGE, ReferencedSOPInstanceUID: uid }],
        ContourGeometricType: 'CLOSED_PLANAR',
        NumberOfContourPoints: contourData.length / 3,
        ContourData: contourData,
      })),
    },
  ],
});
const TRIANGLE = [0, 0, 0, 1, 0, 0, 1, 1, 0];
const slice = (k: number) => sliceUids({ seed: 'structures', k }).instance;
const sendSlice = (associationId: string, k: number) =>
  receive(associationId, sliceDataSet({ seed: 'structures', k }), slice(k), CT_IMAGE_STORAGE);
async function sendStructures(associationId: string, dataSet: DataSet): Promise<string> {
  const uid = String(dataSet.SOPInstanceUID);
  await receive(associationId, writeDataSet(dataSet, 'explicit'), uid, RT);
  return uid;
}

describe('a structure set', () => {
  it('that came before its images in one association is in order', async () => {
    const uid = await sendStructures('one', structures('before its images', [slice(0)], TRIANGLE));
    expect(await rowOf(uid)).toMatchObject({ disposition: 'waiting' });
    await sendSlice('one', 0);
    await end('one');
    expect(await rowOf(uid)).toMatchObject({ disposition: 'notApplicable', dispositionCode: 'CLASS_NOT_NEEDED' });
    expect(await heldOf(uid)).toBeNull();
  });

  it('whose images are not here is held until they come', async () => {
    const uid = await sendStructures('two', structures('of missing images', [slice(0), slice(1), slice(2)], TRIANGLE));
    await end('two');
    await end('two');
    expect(await rowOf(uid)).toMatchObject({ disposition: 'held', dispositionCode: 'REFERENCED_IMAGES_MISSING' });
    expect(await heldOf(uid)).toMatchObject({ details: { missing: 2, referenced: 3 } });
    expect(await bench.journal('instance.held')).toHaveLength(1);
    await sendSlice('three', 1);
    await end('three');
    expect(await heldOf(uid)).not.toBeNull();
    await sendSlice('four', 2);
    await end('four');
    expect(await heldOf(uid)).toBeNull();
    expect(await rowOf(uid)).toMatchObject({ disposition: 'notApplicable', dispositionCode: 'CLASS_NOT_NEEDED' });
  });

  it('may be released without its images, and is not looked at again', async () => {
    const uid = await sendStructures('five', structures('of an archive', ['1.2.3.4'], TRIANGLE));
    await end('five');
    const item = await heldOf(uid);
    await units().run((tx) => bench.app.get(HeldInstances, { strict: false }).release(tx, item!));
    await sendSlice('six', 3);
    await end('six');
    expect(await rowOf(uid)).toMatchObject({ disposition: 'notApplicable', dispositionCode: 'CLASS_NOT_NEEDED' });
  });

  it.each<[string, DataSet]>([
    ['coordinates of 1e308', structures('far away', [slice(0)], [0, 0, 1e308, 1, 0, 0, 1, 1, 0])],
    [
      'contours of an ROI that is not defined',
      { ...structures('undefined', [slice(0)], TRIANGLE), StructureSetROISequence: [] },
    ],
  ])('with %s is held, and cannot be released', async (name, dataSet) => {
    const uid = await sendStructures(`with ${name}`, dataSet);
    await end(`with ${name}`);
    expect(await rowOf(uid)).toMatchObject({ disposition: 'held', dispositionCode: 'STRUCTURE_SET_UNREADABLE' });
    const item = await heldOf(uid);
    const release = units().run((tx) => bench.app.get(HeldInstances, { strict: false }).release(tx, item!));
    await expect(release).rejects.toMatchObject({ code: 'SERIES_NOT_USABLE' });
  });

  it('with coordinates that are no numbers is held', async () => {
    const dataSet = structures('no number', [slice(0)], [0, 0, 123456, 1, 0, 0, 1, 1, 0]);
    const bytes = Buffer.from(writeDataSet(dataSet, 'explicit'));
    bytes.write('1e9999', bytes.indexOf('123456'), 'latin1');
    await receive('nan', bytes, String(dataSet.SOPInstanceUID), RT);
    await end('nan');
    expect(await rowOf(String(dataSet.SOPInstanceUID))).toMatchObject({ dispositionCode: 'STRUCTURE_SET_UNREADABLE' });
  });
});
