/** The same SOP Instance UID again, through STOW-RS: what its sender is told, what is kept, and the one audit event. */
import { MoreThan } from 'typeorm';
import { deriveUid, parseUid, part10Preamble, sopClassUid, writeDataSet } from '@modelbank/dicom';
import type { Uid } from '@modelbank/dicom';
import { InstanceEntity, InstanceRevisionEntity, JournalEntryEntity } from '@modelbank/store';
import { element, sliceUids } from '../../../../../test/support/ct-slices';
import { jsonOf, sliceFile, stow } from '../../../../../test/support/dicomweb-client';
import type { DicomwebAnswer } from '../../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../../test/support/intake-bench';

/** Each comparison starts a process, on a busy machine. */
jest.setTimeout(60_000);

const RT_STRUCTURE_SET = sopClassUid('RTStructureSetStorage');
const SYNTAXES = { explicit: '1.2.840.10008.1.2.1', implicit: '1.2.840.10008.1.2' } as const;
const AUDITED = /\.(refused|rejected|lost|conflict)$/;

let bench: IntakeBench;
beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
});
afterAll(() => bench.dispose());

/** A part with one contour at height `z`. */
function structures(sopInstanceUid: Uid, z: number, encoding: 'explicit' | 'implicit' = 'explicit'): Buffer {
  const contour = { ContourGeometricType: 'CLOSED_PLANAR', ContourData: [0, 0, z, 1, 0, z, 1, 1, z] };
  const dataSet = {
    ...{ SOPClassUID: RT_STRUCTURE_SET, SOPInstanceUID: sopInstanceUid, Modality: 'RTSTRUCT', PatientID: 'P1' },
    ...{ StudyInstanceUID: deriveUid('stow same', 'study'), SeriesInstanceUID: deriveUid('stow same', 'series') },
    ROIContourSequence: [{ ReferencedROINumber: 1, ContourSequence: [contour] }],
  };
  const transferSyntaxUid = parseUid(SYNTAXES[encoding]);
  const preamble = part10Preamble({ sopClassUid: RT_STRUCTURE_SET, sopInstanceUid, transferSyntaxUid });
  return Buffer.concat([preamble, writeDataSet(dataSet, encoding)]);
}

const revisions = (sopInstanceUid: string) =>
  bench.reads.manager.find(InstanceRevisionEntity, { where: { sopInstanceUid }, order: { id: 'ASC' } });
const instances = (sopInstanceUid: string) => bench.reads.manager.findBy(InstanceEntity, { sopInstanceUid });
const told = (answer: DicomwebAnswer, sequence: string, tag: string) =>
  (jsonOf(answer)[sequence]?.Value as Record<string, { Value: unknown[] }>[] | undefined)?.map(
    (item) => item[tag].Value[0],
  );

/** Audit events of what `work` does. */
async function auditOf(work: () => Promise<unknown>): Promise<JournalEntryEntity[]> {
  const { manager } = bench.reads;
  const [last] = await manager.find(JournalEntryEntity, { order: { id: 'DESC' }, take: 1 });
  await work();
  // counted refusals are written a moment later
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const since = await manager.find(JournalEntryEntity, { where: { id: MoreThan(last.id) } });
  return since.filter(({ kind }) => AUDITED.test(kind));
}

it('with the same content is stored (200), in whatever encoding, and kept once', async () => {
  const uid = deriveUid('stow', 'duplicate');
  for (const part of [structures(uid, 0), structures(uid, 0), structures(uid, 0, 'implicit')]) {
    const answer = await stow(bench, [part]);
    expect(answer.status).toBe(200);
    expect(told(answer, '00081199', '00081155')).toEqual([uid]);
  }
  expect([(await instances(uid)).length, await revisions(uid)]).toEqual([1, []]);
});

it('with changed contours is stored (200) as a revision', async () => {
  const uid = deriveUid('stow', 'revision');
  const audit = await auditOf(async () => {
    for (const z of [0, 1, 1]) expect((await stow(bench, [structures(uid, z)])).status).toBe(200);
  });
  const [first, ...others] = await instances(uid);
  expect(others).toEqual([]);
  expect(await revisions(uid)).toMatchObject([{ disposition: 'waiting', firstId: first.id }]);
  expect(audit).toEqual([]);
});

it('with other pixels is refused (409, 0x0111) and kept apart; one audit event says who, whence and why', async () => {
  const plan = { seed: 'stow quarantined', k: 0 };
  const uid = sliceUids(plan).instance;
  await stow(bench, [sliceFile(plan)]);
  const [first] = await instances(uid);
  const changed = sliceFile({ ...plan, more: [element(0x7fe00010, 'OW', Buffer.alloc(512))] });
  for (let time = 0; time < 2; time += 1) {
    const audit = await auditOf(async () => {
      const answer = await stow(bench, [changed]);
      expect([answer.status, told(answer, '00081198', '00081197')]).toEqual([409, [0x0111]]);
      expect(answer.headers['retry-after']).toBeUndefined();
    });
    expect(audit).toMatchObject([
      {
        kind: 'instance.conflict',
        centreId: 'odense',
        actor: bench.pki.centres.odense.client.fingerprintSha256,
        subjectId: first.id,
        details: { code: 'INSTANCE_CONFLICT', remoteAddress: expect.stringContaining('127.0.0.1') as string },
      },
    ]);
  }
  expect(await instances(uid)).toEqual([first]);
  expect(await revisions(uid)).toMatchObject([{ disposition: 'quarantined', dispositionCode: 'PIXELS_CHANGED' }]);
});

it('beside others of its request is told part by part (202), and each refusal is journalled once', async () => {
  const [same, revised] = [deriveUid('stow', 'mixed same'), deriveUid('stow', 'mixed revised')];
  const plan = { seed: 'stow mixed', k: 0 };
  await stow(bench, [structures(same, 0), structures(revised, 0), sliceFile(plan)]);
  const audit = await auditOf(async () => {
    const other = sliceFile({ ...plan, patientId: 'P2' });
    const answer = await stow(bench, [
      structures(same, 0),
      other,
      Buffer.from('Dear colleague'),
      structures(revised, 1),
    ]);
    expect(answer.status).toBe(202);
    expect(told(answer, '00081199', '00081155')).toEqual([same, revised]);
    expect(told(answer, '00081198', '00081197')).toEqual([0x0111]);
    expect(told(answer, '0008119A', '00081197')).toEqual([0xc000]);
  });
  const codes = audit.map(({ kind, details }) => [kind, (details as { code: string }).code]);
  expect(codes.sort()).toEqual([
    ['instance.conflict', 'INSTANCE_CONFLICT'],
    ['stow.refused', 'NOT_DICOM'],
  ]);
});
