/**
 * Promise 1 and 2 of docs/architecture.md under `kill -9`: at every crash point of the journey the hub's process dies, is
 * started again on the same home, and the centre sends what was not acknowledged. Nothing is lost, nothing is doubled.
 */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CRASH_POINTS, JOURNEY, STAGES } from '@modelbank/contracts';
import type { CrashPoint } from '@modelbank/contracts';
import { deriveUid, sopClassUid, writePart10 } from '@modelbank/dicom';
import type { DataSet } from '@modelbank/dicom';
import { addDestination, enrolCentre, send, until, untilSettled } from './support/journey-centre';
import type { JourneyCentre } from './support/journey-centre';
import { phantomFiles } from './support/journey-data';
import type { PhantomFiles } from './support/journey-data';
import { newHome, removeHome, startHubHere, startHubProcess } from './support/journey-hub';
import type { JourneyHub } from './support/journey-hub';
import { SMALL_CHEST, journeyPackage } from './support/journey-package';
import { Ledger, NOTHING_WRONG, reconcile } from './support/ledger';
import { startReceiver } from './support/receiver';
import type { Receiver } from './support/receiver';

const { slices } = SMALL_CHEST;

/** Which time the point is reached the hub dies, where the first time says least. */
const AT_REACH: Partial<Record<CrashPoint, number>> = {
  'intake.whileReceiving': 5,
  'intake.beforeFsync': 5,
  'intake.beforeCommit': 5,
  'intake.beforeResponse': 5,
};

/** Reached only where a SOP Instance UID comes again with other content. */
const REVISION_POINTS: readonly CrashPoint[] = ['intake.beforeRevisionCommit', 'intake.afterRevisionCommit'];

it('every stage has a crash point, and every crash point a stage', () => {
  expect(STAGES.filter((stage) => JOURNEY[stage].crashPoints.length === 0)).toEqual([]);
  expect(STAGES.flatMap((stage) => JOURNEY[stage].crashPoints).sort()).toEqual([...CRASH_POINTS].sort());
});

describe('a hub that is killed at', () => {
  const work = newHome();
  /** Homes of a hub that knows the centre, without and with the model. */
  const [unarmed, armed] = [join(work, 'unarmed'), join(work, 'armed')];
  const packageFolder = journeyPackage(join(work, 'package'));
  let centre: JourneyCentre;
  let receiver: Receiver;
  let ct: PhantomFiles;

  beforeAll(async () => {
    ct = await phantomFiles(join(work, 'ct'), 'crash', SMALL_CHEST);
    const hub = await startHubHere(unarmed);
    centre = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT' });
    receiver = await startReceiver(centre.server);
    await addDestination(hub, 'odense', { aeTitle: 'ARCHIVE', port: receiver.port });
    await hub.stop();
    cpSync(unarmed, armed, { recursive: true });
    const withModel = await startHubHere(armed);
    await withModel.api.post('/models', { folder: packageFolder });
    await withModel.stop();
  }, 60_000);
  beforeEach(() => receiver.forget());
  afterAll(async () => {
    await receiver.close();
    removeHome(work);
  });

  it.each(CRASH_POINTS.filter((point) => !REVISION_POINTS.includes(point)))(
    '%s loses nothing and doubles nothing',
    async (point) => {
      const home = join(work, point);
      cpSync(point.startsWith('models.') ? unarmed : armed, home, { recursive: true });
      const ledger = new Ledger();
      const environment = environmentOf(point);
      const register = (hub: JourneyHub) => hub.api.post('/models', { folder: packageFolder });
      let unsent: readonly string[] = ct.paths;
      if (point.startsWith('assembly.')) unsent = await sendAllButOne(home, ledger);

      const doomed = await startHubProcess(home, {
        MODELBANK_TEST_BUILD: '1',
        MODELBANK_CRASH_AT: point,
        MODELBANK_CRASH_COUNT: String(AT_REACH[point] ?? 1),
        ...environment,
      });
      if (point.startsWith('models.')) await expect(register(doomed)).rejects.toThrow();
      else unsent = ledger.record(await send(doomed, centre, unsent));
      await expect(within(doomed.ended, 30_000)).resolves.toEqual({ code: null, signal: 'SIGKILL' });
      if (point.startsWith('intake.')) expect([1, 2, 3, 4]).toContain(ledger.acknowledged.size);

      const hub = await startHubProcess(home, environment);
      try {
        if (point.startsWith('models.')) await register(hub);
        if (unsent.length > 0) expect(ledger.record(await send(hub, centre, unsent))).toEqual([]);
        const { series } = await untilSettled(hub, ct.studyInstanceUid, centre.id, 30_000);
        const jobs = series
          .flatMap(({ inputSets }) => inputSets)
          .flatMap(({ tasks }) => tasks.flatMap((task) => task.jobs));
        expect(jobs).toMatchObject([
          { state: 'built', results: [{ state: 'built', deliveries: [{ state: 'delivered' }] }] },
        ]);
        if (point.startsWith('retention.')) await untilDeleted(hub);
      } finally {
        await hub.stop();
      }
      expect(ledger.acknowledged.size).toBe(slices);
      expect(receiver.structureSetsOf(ct.seriesInstanceUid)).toHaveLength(1);
      expect(reconcile(home, ledger, receiver)).toEqual(NOTHING_WRONG);
    },
    60_000,
  );

  /**
   * Slices that wait are assembled together, as many as there are: only the last one alone is sure to make the input set.
   * It is one in the middle, because a regular part of a series would run ahead of time.
   */
  async function sendAllButOne(home: string, ledger: Ledger): Promise<readonly string[]> {
    const hub = await startHubProcess(home);
    const last = ct.paths[slices / 2];
    const others = ct.paths.filter((path) => path !== last);
    expect(ledger.record(await send(hub, centre, others))).toEqual([]);
    await until(
      () => Promise.resolve(reconcile(home, ledger, receiver).leftovers),
      (leftovers) => leftovers.every((what) => what.startsWith('instance ')),
    );
    await hub.stop();
    return [last];
  }

  it.each(REVISION_POINTS)(
    '%s keeps a corrected structure set once',
    async (point) => {
      const home = join(work, point);
      cpSync(unarmed, home, { recursive: true });
      const ledger = new Ledger();
      const [first, corrected] = [0, 1].map((z) => structureSetFile(join(work, `${point}-${z}.dcm`), z));
      const doomed = await startHubProcess(home, { MODELBANK_TEST_BUILD: '1', MODELBANK_CRASH_AT: point });
      expect(ledger.record(await send(doomed, centre, [first]))).toEqual([]);
      expect(ledger.record(await send(doomed, centre, [corrected]))).toEqual([corrected]);
      await expect(within(doomed.ended, 30_000)).resolves.toEqual({ code: null, signal: 'SIGKILL' });

      const hub = await startHubProcess(home);
      expect(ledger.record(await send(hub, centre, [corrected, first]))).toEqual([]);
      const revised = await hub.api.get<{ kind: string }[]>('/journal?kind=instance.revised');
      expect(revised).toHaveLength(1);
      await until(
        () => Promise.resolve(reconcile(home, ledger, receiver)),
        (found) => found.leftovers.length === 0,
      );
      await hub.stop();
      expect(reconcile(home, ledger, receiver)).toEqual(NOTHING_WRONG);
    },
    60_000,
  );
});

/** A structure set whose contour lies at this height; its UID is always the same. */
function structureSetFile(path: string, z: number): string {
  const dataSet: DataSet = {
    SOPClassUID: sopClassUid('RTStructureSetStorage'),
    SOPInstanceUID: deriveUid('crash', 'structures'),
    StudyInstanceUID: deriveUid('crash', 'study'),
    SeriesInstanceUID: deriveUid('crash', 'structure series'),
    Modality: 'RTSTRUCT',
    PatientID: 'PHANTOM-J',
    ROIContourSequence: [
      {
        ReferencedROINumber: 1,
        ContourSequence: [{ ContourGeometricType: 'CLOSED_PLANAR', ContourData: [0, 0, z, 1, 0, z, 1, 1, z] }],
      },
    ],
  };
  writeFileSync(path, writePart10(dataSet));
  return path;
}

/** Retention takes the images at the next sweep after delivery where its crash points are tried, else never in a test. */
function environmentOf(point: CrashPoint): NodeJS.ProcessEnv {
  if (!point.startsWith('retention.')) return {};
  return { MODELBANK_RETENTION_AFTER_DELIVERY_DAYS: '0', MODELBANK_RETENTION_SWEEP_EVERY_MS: '200' };
}

async function untilDeleted(hub: JourneyHub): Promise<void> {
  const { deletedObjects } = await until(
    () => hub.api.get<{ deletedObjects: number; pendingObjects: number }>('/retention'),
    (told) => told.deletedObjects >= slices && told.pendingObjects === 0,
    30_000,
  );
  expect(deletedObjects).toBe(slices);
}

function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the hub reached no crash point')), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
