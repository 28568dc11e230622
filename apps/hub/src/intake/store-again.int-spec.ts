/** What comes again after retention took it: through the real door, with a sweep on rows that are made old. */
import { existsSync } from 'node:fs';
import { OBJECT_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import { sopClassUid } from '@modelbank/dicom';
import { HeldItemEntity, InstanceEntity, RetentionDeletionEntity } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { runStorescu } from '@modelbank/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { writeSlice } from '../../../../test/support/ct-slices';
import type { SlicePlan } from '../../../../test/support/ct-slices';
import { RetentionSweep } from '../retention/retention-sweep';

/** Real sockets on a busy machine. */
jest.setTimeout(60_000);

const ENHANCED = { seed: 'again', k: 0, sopClassUid: sopClassUid('EnhancedCTImageStorage') };
const MR = { seed: 'again', k: 1, sopClassUid: sopClassUid('MRImageStorage') };
const DAY_MS = 86_400_000;

let bench: IntakeBench;
let folder: string;
beforeEach(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
  folder = await mkdtemp(join(tmpdir(), 'modelbank-again-'));
});
afterEach(async () => {
  await bench.dispose();
  await rm(folder, { recursive: true });
});

async function store(plan: SlicePlan): Promise<number | null> {
  const { path } = await writeSlice(folder, plan);
  const target = { port: bench.dimsePort, callingAeTitle: 'CT1', calledAeTitle: 'MODELBANK' };
  return (await runStorescu({ ...target, tls: bench.toolTls('odense') }, [path])).exitCode;
}

/** Everything was received so long ago; then a sweep. */
async function afterDays(days: number): Promise<void> {
  const receivedAt = new Date(Date.now() - days * DAY_MS);
  const units = bench.app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false });
  await units.run((tx) => tx.manager.createQueryBuilder().update(InstanceEntity).set({ receivedAt }).execute());
  await bench.app.get(RetentionSweep, { strict: false }).sweep();
}

const row = () => bench.reads.manager.findOneByOrFail(InstanceEntity, {});
const isThere = ({ objectKey }: InstanceEntity) =>
  existsSync(bench.app.get<ObjectStore>(OBJECT_STORE, { strict: false }).pathOf(objectKey));

it('what nobody needed is a fresh arrival: the same row, another object, and a record of the first', async () => {
  expect(await store(MR)).toBe(0);
  const first = await row();
  await afterDays(181);
  expect(await row()).toMatchObject({ id: first.id, disposition: 'deleted', dispositionCode: 'UNASSIGNED' });
  expect(isThere(first)).toBe(false);
  expect(await store(MR)).toBe(0);
  expect(await store(MR)).toBe(0);
  const second = await row();
  expect(second).toMatchObject({
    ...{ id: first.id, disposition: 'notApplicable', dispositionCode: 'MODALITY_NOT_ASSEMBLED', deletedAt: null },
  });
  expect(second.objectKey).not.toBe(first.objectKey);
  expect(isThere(second)).toBe(true);
  expect(await bench.reads.manager.count(InstanceEntity)).toBe(1);
  expect(await bench.journal('instance.storedAgain')).toHaveLength(1);
  await afterDays(181);
  expect(isThere(second)).toBe(false);
  const records = await bench.reads.manager.find(RetentionDeletionEntity, { order: { id: 'ASC' } });
  expect(records.map(({ objectKey }) => objectKey)).toEqual([first.objectKey, second.objectKey]);
});

it('what was held and never answered is held anew', async () => {
  expect(await store(ENHANCED)).toBe(0);
  await afterDays(179);
  expect(await row()).toMatchObject({ disposition: 'held' });
  await afterDays(181);
  expect(await row()).toMatchObject({ disposition: 'deleted' });
  expect(await bench.reads.manager.find(HeldItemEntity)).toMatchObject([{ state: 'resolved', resolvedBy: 'hub' }]);
  expect(await store(ENHANCED)).toBe(0);
  expect(await row()).toMatchObject({ disposition: 'held', dispositionCode: 'ENHANCED_CT' });
  const items = await bench.reads.manager.find(HeldItemEntity, { order: { id: 'ASC' } });
  expect(items.map(({ state }) => state)).toEqual(['resolved', 'held']);
});

it('other content under the UID of a deleted instance is refused as ever: the first stays, as a row', async () => {
  expect(await store(MR)).toBe(0);
  await afterDays(181);
  const before = await row();
  expect(await store({ ...MR, side: 32 })).not.toBe(0);
  expect(await row()).toEqual(before);
  expect(await bench.journal('instance.conflict')).toHaveLength(1);
});
