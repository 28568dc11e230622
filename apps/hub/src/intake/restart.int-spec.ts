/** What a dead process leaves behind is put right before the door opens again. */
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubError, OBJECT_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import { AssociationEntity, InstanceEntity } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import { runStorescu } from '@modelbank/testing';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { CT_IMAGE_STORAGE, sliceDataSet, sliceUids, writeSlice } from '../../../../test/support/ct-slices';
import type { AnnouncedInstance, Arrival } from './arrival';
import { ReceiveInstance } from './receive-instance';

/** Whole intakes start twice, on a busy machine. */
jest.setTimeout(60_000);

const arrival = (id: string, aeTitle: string): Arrival => ({
  id,
  callingAe: { aeTitle, centreId: 'odense', settleTimeMs: 1000, sendsWholeSeries: false },
  calledAe: { aeTitle: 'MODELBANK', purpose: 'test', protocolId: null, parameters: {} },
  startedAt: new Date(),
  actor: 'f'.repeat(64),
  remoteAddress: '127.0.0.1',
});

const announced = (k: number, id: string, aeTitle: string): AnnouncedInstance => ({
  arrival: arrival(id, aeTitle),
  sopClassUid: CT_IMAGE_STORAGE,
  sopInstanceUid: sliceUids({ seed: 'restart', k }).instance,
  transferSyntaxUid: '1.2.840.10008.1.2.1',
});

async function receive(bench: IntakeBench, k: number, arrivalId: string, callingAe = 'CT1'): Promise<number> {
  const sink = await bench.app.get(ReceiveInstance, { strict: false }).open(announced(k, arrivalId, callingAe));
  await sink.write(sliceDataSet({ seed: 'restart', k }));
  return sink.finish();
}

describe('a restart', () => {
  it('closes the associations that were open as aborted, and tells assembly', async () => {
    const first = await IntakeBench.open();
    expect(await receive(first, 0, 'left-open')).toBe(0);
    await first.close();
    const second = await IntakeBench.open({ home: first.configuration.home });
    const row = await second.reads.manager.findOneByOrFail(AssociationEntity, { id: 'left-open' });
    expect(row).toMatchObject({ outcome: 'aborted', instancesStored: 1 });
    const told = (await second.outbox()).filter(({ envelope }) => envelope.event === 'association.ended');
    expect(told.map(({ envelope }) => envelope.body)).toEqual([
      { associationId: 'left-open', centreId: 'odense', outcome: 'aborted' },
    ]);
    await second.dispose();
  });

  it('removes objects without a row, keeps those with one, and the sender sends again', async () => {
    const first = await IntakeBench.open();
    await first.enrol();
    expect(await receive(first, 0, 'a1')).toBe(0);
    const kept = await first.reads.manager.findOneByOrFail(InstanceEntity, {});
    const { home } = first.configuration;
    await first.close();
    const orphan = join(home, 'objects', 'instances', 'ab', 'ab'.repeat(32));
    await mkdir(join(orphan, '..'), { recursive: true });
    await writeFile(orphan, 'committed to disk, never to the database');
    const second = await IntakeBench.open({ home });
    await expect(stat(orphan)).rejects.toThrow('ENOENT');
    await stat(join(home, 'objects', kept.objectKey));
    const folder = await mkdtemp(join(tmpdir(), 'modelbank-restart-'));
    const { path } = await writeSlice(folder, { seed: 'restart', k: 0 });
    const target = {
      port: second.dimsePort,
      callingAeTitle: 'CT1',
      calledAeTitle: 'MODELBANK',
      tls: second.toolTls('odense'),
    };
    expect((await runStorescu(target, [path])).exitCode).toBe(0);
    expect(await second.reads.manager.count(InstanceEntity)).toBe(1);
    await second.dispose();
    await rm(folder, { recursive: true });
  });
});

describe('under pressure', () => {
  let bench: IntakeBench;
  beforeEach(async () => {
    bench = await IntakeBench.open();
  });
  afterEach(() => bench.dispose());

  it('acknowledges the same instance fifty times at once and stores it once', async () => {
    const statuses = await Promise.all(Array.from({ length: 50 }, (_, k) => receive(bench, 7, `assoc-${k % 5}`)));
    expect(new Set(statuses)).toEqual(new Set([0]));
    const rows = await bench.reads.manager.find(InstanceEntity);
    expect(rows).toHaveLength(1);
    await stat(bench.app.get<ObjectStore>(OBJECT_STORE, { strict: false }).pathOf(rows[0].objectKey));
    await Promise.all(['A', 'B', 'C', 'D'].map((title) => receive(bench, 8, `of-${title}`, title)));
    const folder = join(bench.configuration.home, 'objects', 'instances');
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files).toHaveLength(2);
  });

  it('says out of resources when the disk is full or the database does not commit, and keeps nothing', async () => {
    const objects = bench.app.get<ObjectStore>(OBJECT_STORE, { strict: false });
    const full = jest.spyOn(objects, 'upload').mockReturnValueOnce({
      write: () => undefined,
      commit: () => Promise.reject(new HubError('STORAGE_FULL', 'no room')),
      discard: () => Promise.resolve(),
    });
    await expect(receive(bench, 1, 'a1')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    full.mockRestore();
    const units = bench.app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false });
    const broken = jest.spyOn(units, 'run').mockRejectedValueOnce(new Error('no'));
    await expect(receive(bench, 1, 'a1')).rejects.toThrow();
    broken.mockRestore();
    expect(await bench.reads.manager.count(InstanceEntity)).toBe(0);
    expect(await receive(bench, 1, 'a1')).toBe(0);
  });
});
