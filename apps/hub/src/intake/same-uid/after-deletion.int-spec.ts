/** What comes under the UID of an instance, or of a refused object, that retention has deleted. */
import { existsSync } from 'node:fs';
import { sopClassUid } from '@modelbank/dicom';
import { HeldItemEntity, InstanceEntity, InstanceRevisionEntity } from '@modelbank/store';
import { element, sliceDataSet, sliceUids } from '../../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../../test/support/ct-slices';
import { SameUidBench } from '../../../../../test/support/same-uid-bench';
import { RetentionSweep } from '../../retention/retention-sweep';
import { ObjectComparison } from './object-comparison';

/** Each comparison starts a process, on a busy machine. */
jest.setTimeout(60_000);

const MR = sopClassUid('MRImageStorage');
const DAY_MS = 86_400_000;
const OTHER_PIXELS = element(0x7fe00010, 'OW', Buffer.alloc(512));

let bench: SameUidBench;
beforeAll(async () => {
  bench = await SameUidBench.open();
});
afterAll(() => bench.dispose());
afterEach(() => jest.restoreAllMocks());

const planOf = (seed: string): SlicePlan => ({ seed, k: 0, sopClassUid: MR });
const send = (plan: SlicePlan) => bench.receive(sliceDataSet(plan), sliceUids(plan).instance, { classUid: MR });
const compare = () => jest.spyOn(bench.intake.app.get(ObjectComparison, { strict: false }), 'compare');

/** Everything was received so long ago; then a sweep. */
async function afterDays(days: number): Promise<void> {
  const receivedAt = new Date(Date.now() - days * DAY_MS);
  await bench.units.run(async ({ manager }) => {
    for (const entity of [InstanceEntity, InstanceRevisionEntity])
      await manager.createQueryBuilder().update(entity).set({ receivedAt }).execute();
  });
  await bench.intake.app.get(RetentionSweep, { strict: false }).sweep();
}

describe('other bytes under the UID of an instance that retention deleted', () => {
  it.each([
    ['are not compared with what is gone', 'gone', [OTHER_PIXELS], 'FIRST_DELETED', []],
    [
      'are of another geometry where the facts say so',
      'moved',
      [element(0x00200032, 'DS', '0\\0\\99'), OTHER_PIXELS],
      'GEOMETRY_CHANGED',
      ['ImagePositionPatient'],
    ],
  ] as const)('%s: refused, kept apart, told; the first stays as a row', async (_, seed, more, code, names) => {
    const plan = planOf(seed);
    const uid = sliceUids(plan).instance;
    expect(await send(plan)).toBeUndefined();
    await afterDays(181);
    const [first] = await bench.instances(uid);
    expect(first).toMatchObject({ disposition: 'deleted' });
    const comparison = compare();
    expect(await send({ ...plan, more })).toBe('INSTANCE_CONFLICT');
    expect(await send({ ...plan, more })).toBe('INSTANCE_CONFLICT');
    expect(comparison).not.toHaveBeenCalled();
    expect(await bench.instances(uid)).toEqual([first]);
    const [row, ...others] = await bench.revisions(uid);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ disposition: 'quarantined', dispositionCode: code, firstId: first.id });
    expect(row.decodedSha256).toBeNull();
    expect(existsSync(bench.objects.pathOf(row.objectKey))).toBe(true);
    const item = await bench.intake.reads.manager.findOneByOrFail(HeldItemEntity, { subjectId: row.id });
    expect(item).toMatchObject({ kind: 'revision', code, state: 'held' });
    expect(item.details).toMatchObject({ differences: names.map((attribute) => ({ attribute })) });
    expect(await bench.journalOf('instance.conflict', first.id)).toHaveLength(2);
    // what came first is as welcome as ever
    expect(await send(plan)).toBeUndefined();
    expect(await bench.instances(uid)).toMatchObject([{ id: first.id, disposition: 'notApplicable' }]);
  });

  it('are no duplicate either where they were known to show the same: nothing would be kept of them', async () => {
    const plan = planOf('known');
    const described = { ...plan, more: [element(0x00081030, 'LO', 'Hoved')] };
    expect(await send(plan)).toBeUndefined();
    expect(await send(described)).toBeUndefined();
    await afterDays(181);
    expect(await send(described)).toBe('INSTANCE_CONFLICT');
    expect(await bench.revisions(sliceUids(plan).instance)).toMatchObject([{ dispositionCode: 'FIRST_DELETED' }]);
  });

  it('are compared once the first was stored again: the same is a duplicate then, and other pixels stay refused', async () => {
    const plan = planOf('back again');
    const described = { ...plan, more: [element(0x00081030, 'LO', 'Hoved')] };
    const other = { ...plan, more: [OTHER_PIXELS] };
    expect(await send(plan)).toBeUndefined();
    await afterDays(181);
    for (const second of [described, other]) expect(await send(second)).toBe('INSTANCE_CONFLICT');
    expect(await send(plan)).toBeUndefined();
    const objects = await bench.objectCount();
    expect(await send(described)).toBeUndefined();
    expect(await send(other)).toBe('INSTANCE_CONFLICT');
    expect(await bench.objectCount()).toBe(objects);
    const codes = (await bench.revisions(sliceUids(plan).instance)).map(({ dispositionCode }) => dispositionCode);
    expect(codes).toEqual(['FIRST_DELETED', 'FIRST_DELETED']);
  });

  it('are judged by the facts where it is deleted while the two are compared', async () => {
    const plan = planOf('meanwhile');
    expect(await send(plan)).toBeUndefined();
    const comparison = compare();
    const { compare: original } = ObjectComparison.prototype;
    comparison.mockImplementationOnce(async function (this: ObjectComparison, ...both) {
      await afterDays(181);
      comparison.mockRestore();
      return original.apply(bench.intake.app.get(ObjectComparison, { strict: false }), both);
    });
    expect(await send({ ...plan, more: [OTHER_PIXELS] })).toBe('INSTANCE_CONFLICT');
    expect(await bench.revisions(sliceUids(plan).instance)).toMatchObject([{ dispositionCode: 'FIRST_DELETED' }]);
  });
});

it('a refused object that retention deleted is refused again, told, and not kept again', async () => {
  const plan = planOf('refused');
  const uid = sliceUids(plan).instance;
  await send(plan);
  expect(await send({ ...plan, more: [OTHER_PIXELS] })).toBe('INSTANCE_CONFLICT');
  const [before] = await bench.revisions(uid);
  await afterDays(181);
  const [row] = await bench.revisions(uid);
  expect(row).toMatchObject({ id: before.id, disposition: 'deleted', dispositionCode: 'PIXELS_CHANGED' });
  expect(existsSync(bench.objects.pathOf(row.objectKey))).toBe(false);
  const objects = await bench.objectCount();
  expect(await send({ ...plan, more: [OTHER_PIXELS] })).toBe('INSTANCE_CONFLICT');
  expect(await bench.revisions(uid)).toEqual([row]);
  expect(await bench.objectCount()).toBe(objects);
  expect(await bench.journalOf('instance.conflict', row.firstId)).toHaveLength(2);
});
