/**
 * Promise 3 after retention: images are gone when their results have left, results stay, every deletion has its record, and
 * the same scan sent again is kept again without a second run.
 */
import { join } from 'node:path';
import { modelbank } from './support/command-line';
import { addDestination, enrolCentre, send, until, untilSettled } from './support/journey-centre';
import { phantomFiles } from './support/journey-data';
import { newHome, removeHome, startHubHere } from './support/journey-hub';
import type { JourneyHub } from './support/journey-hub';
import { SMALL_CHEST, journeyPackage } from './support/journey-package';
import { Ledger, NOTHING_WRONG, reconcile } from './support/ledger';
import { startReceiver } from './support/receiver';

const { slices } = SMALL_CHEST;
const AT_ONCE = { MODELBANK_RETENTION_AFTER_DELIVERY_DAYS: '0', MODELBANK_RETENTION_SWEEP_EVERY_MS: '100' };

interface Standing {
  readonly deletedObjects: number;
  readonly pendingObjects: number;
}

const untilDeleted = (hub: JourneyHub, objects: number) =>
  until(
    () => hub.api.get<Standing>('/retention'),
    (told) => told.deletedObjects >= objects && told.pendingObjects === 0,
    30_000,
  );

it('images go when their results have left, results stay, and what comes again is kept again without a second run', async () => {
  const work = newHome();
  const home = join(work, 'home');
  const hub = await startHubHere(home, {}, AT_ONCE);
  const centre = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT', sendsWholeSeries: true });
  const receiver = await startReceiver(centre.server);
  try {
    await addDestination(hub, 'odense', { aeTitle: 'ARCHIVE', port: receiver.port });
    await hub.api.post('/models', { folder: journeyPackage(join(work, 'package')) });
    const ct = await phantomFiles(join(work, 'ct'), 'retention', SMALL_CHEST);
    const ledger = new Ledger();
    expect(ledger.record(await send(hub, centre, ct.paths))).toEqual([]);
    await untilSettled(hub, ct.studyInstanceUid, 'odense', 60_000);
    await untilDeleted(hub, slices);
    const first = await untilSettled(hub, ct.studyInstanceUid, 'odense');
    expect(first).toMatchObject({ dispositions: { deleted: slices } });

    // the result outlives its images
    const [{ inputSets }] = first.series;
    const [result] = inputSets[0].tasks[0].jobs[0].results;
    expect((await hub.api.bytes(`/results/${result.id}/object`)).length).toBeGreaterThan(1000);

    // a part of the scan, then all of it: kept again, and gone again when the rule says so
    expect(ledger.record(await send(hub, centre, ct.paths.slice(0, 3)))).toEqual([]);
    expect(ledger.record(await send(hub, centre, ct.paths))).toEqual([]);
    await until(
      async () => (await hub.api.get<{ kind: string }[]>('/journal?kind=instance.storedAgain&limit=1000')).length,
      (count) => count >= slices,
    );
    await untilDeleted(hub, 2 * slices);
    const again = await untilSettled(hub, ct.studyInstanceUid, 'odense');
    expect(again.dispositions).toEqual({ deleted: slices });
    expect(again.series).toEqual(first.series);
    expect(receiver.structureSetsOf(ct.seriesInstanceUid)).toHaveLength(1);

    // registering a model again looks at what is kept, not at what is gone
    await hub.api.post('/models', { folder: journeyPackage(join(work, 'other'), { id: 'other-anatomy' }) });
    await untilSettled(hub, ct.studyInstanceUid, 'odense');
    expect(await hub.api.get('/held')).toEqual([]);
    await hub.stop();
    expect(reconcile(home, ledger, receiver)).toEqual(NOTHING_WRONG);
  } finally {
    await hub.stop();
    await receiver.close();
    removeHome(work);
  }
}, 120_000);

it('the command line shows the rules, takes one for a protocol, and says what is due', async () => {
  const home = newHome();
  const hub = await startHubHere(home);
  const run = (...args: string[]) => modelbank(home, 'retention', ...args);
  const days = ['--after-delivery', '30', '--unassigned', '180', '--as-prior', '760'];
  try {
    expect(await run('rules', '--set', 'screening', ...days, '--why', 'compared')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/screening +at most 30 +180 +at least 760 days +compared/),
    });
    expect((await run('show')).stdout).toContain('deleted so far: 0 objects');
    expect((await run('run', '--dry-run')).stdout).toBe('nothing is due\n');
    expect((await run('deleted')).stdout).toBe('nothing was deleted\n');
    expect((await run('rules', '--remove', 'screening')).stdout).not.toContain('screening');
    expect(await run('rules', '--remove', 'screening')).toMatchObject({ exitCode: 4 });
    expect(await run('rules', '--set', 'screening')).toMatchObject({ exitCode: 2 });
  } finally {
    await hub.stop();
    removeHome(home);
  }
}, 120_000);
