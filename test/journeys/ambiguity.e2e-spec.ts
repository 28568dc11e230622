/** Ambiguity stops (promise 6): whatever is unclear is held for a person with the reason, or ends as not applicable, never guessed. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deriveUid } from '@modelbank/dicom';
import type { DataSet } from '@modelbank/dicom';
import type { Vec3 } from '@modelbank/geometry';
import { sliceUids, writeSlice } from '../support/ct-slices';
import { addDestination, enrolCentre, send, untilSettled } from './support/journey-centre';
import type { JourneyCentre } from './support/journey-centre';
import { newHome, removeHome, startHubProcess } from './support/journey-hub';
import type { HubProcess } from './support/journey-hub';
import { modelVariant } from './support/model-variant';
import type { ModelVariant } from './support/model-variant';
import { startReceiver } from './support/receiver';
import type { Receiver } from './support/receiver';
import { writeScan } from './support/scans';
import type { Scan, ScanPlan } from './support/scans';

const PERSON = { who: 'N. Physicist', why: 'Looked at it.' };

let hub: HubProcess;
let centre: JourneyCentre;
let receiver: Receiver;

beforeAll(async () => {
  hub = await startHubProcess(newHome());
  centre = await enrolCentre(hub, { id: 'odense', aeTitle: 'ODENSE_CT', sendsWholeSeries: true });
  receiver = await startReceiver(centre.server);
  await addDestination(hub, 'odense', { aeTitle: 'ARCHIVE', port: receiver.port });
}, 60_000);
afterAll(async () => {
  await receiver.close();
  await hub.stop();
  removeHome(hub.home);
});

interface Registered {
  readonly id: string;
}
const register = (variant: ModelVariant) =>
  hub.api.post<Registered>('/models', { folder: modelVariant(join(hub.home, 'packages'), variant) });
const scan = (plan: ScanPlan): Promise<Scan> => writeScan(join(hub.home, 'scans'), plan);
const settled = ({ studyInstanceUid }: Scan, of = 'odense') => untilSettled(hub, studyInstanceUid, of);

/** Sends one series and gives what its study came to. */
async function arrives(plan: ScanPlan, calledAeTitle?: string) {
  const sent = await scan(plan);
  await send(hub, centre, sent.paths, calledAeTitle);
  return { sent, progress: await settled(sent) };
}

const tasksOf = (progress: Awaited<ReturnType<typeof settled>>) =>
  progress.series.flatMap(({ inputSets }) => inputSets).flatMap(({ tasks }) => tasks);
const modelsThatRan = (progress: Awaited<ReturnType<typeof settled>>) =>
  tasksOf(progress).flatMap(({ modelId, jobs }) => jobs.filter(({ state }) => state === 'built').map(() => modelId));
const deliveredOf = ({ seriesInstanceUid }: Scan) => receiver.structureSetsOf(seriesInstanceUid).length;
const decide = (id: string, verb: 'release' | 'discard', more: object = {}) =>
  hub.api.post(`/held/${id}/${verb}`, { ...PERSON, ...more });

describe('which model', () => {
  it('two models that claim one task are held with both named, and the one that a person chooses runs', async () => {
    const first = await register({ id: 'lungs-of-aarhus', task: 'lungs', description: 'contested' });
    const second = await register({ id: 'lungs-of-odense', task: 'lungs', description: 'contested' });
    const { sent, progress } = await arrives({ study: 'contested' });
    expect(tasksOf(progress)).toMatchObject([{ task: 'lungs', state: 'held', code: 'TASK_CONTESTED', jobs: [] }]);
    const [item, ...others] = progress.held;
    expect(others).toEqual([]);
    expect(item.reason).toMatch(/lungs-of-aarhus.*lungs-of-odense/);
    const { details } = await hub.api.get<{ details: { options: string[] } }>(`/held/${item.id}`);
    expect(details.options.sort()).toEqual([first.id, second.id].sort());
    await expect(decide(item.id, 'release', { choose: 'another' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await decide(item.id, 'release', { choose: second.id });
    const after = await settled(sent);
    expect(modelsThatRan(after)).toEqual(['lungs-of-odense']);
    expect(after.held).toEqual([]);
    expect(deliveredOf(sent)).toBe(1);
    expect(await hub.api.get(`/journal?kind=held.released&subject=${item.id}`)).toMatchObject([{ actor: PERSON.who }]);
  }, 60_000);

  it('a parameter that is missing is asked of a person, unless the called AE title gives it', async () => {
    const side = { name: 'side', type: 'enum', values: ['left', 'right'], description: 'Operated side.' };
    await register({ id: 'breast', task: 'breast', description: 'sided.*', parameters: [side] });
    await hub.api.post('/called-aes', { aeTitle: 'MB_LEFT', purpose: 'test', parameters: { side: 'left' } });
    const given = await arrives({ study: 'sided-by-ae' }, 'MB_LEFT');
    expect(given.progress.held).toEqual([]);
    expect(modelsThatRan(given.progress)).toEqual(['breast']);
    const { sent, progress } = await arrives({ study: 'sided-by-nobody' });
    const [item] = progress.held;
    expect(item).toMatchObject({ code: 'PARAMETER_MISSING', reason: expect.stringContaining('side') });
    const wrong = decide(item.id, 'release', { parameters: { side: 'both' } });
    await expect(wrong).rejects.toMatchObject({ code: 'PARAMETER_MISSING' });
    await decide(item.id, 'release', { parameters: { side: 'right' } });
    expect(modelsThatRan(await settled(sent))).toEqual(['breast']);
    const [{ inputSets }] = await hub.api.get<{ inputSets: { tasks: object[] }[] }[]>(
      `/series/${sent.seriesInstanceUid}/explanation`,
    );
    expect(inputSets[0].tasks).toMatchObject([{ parameters: { side: 'right' } }]);
  }, 60_000);

  it('where none applies the nearest misses are told, and a version that fits runs when it is registered', async () => {
    const rules = { slices: { min: 50 } };
    await register({ id: 'heart', task: 'heart', description: 'nobodys', applicability: rules });
    const { sent, progress } = await arrives({ study: 'nobodys' });
    expect(progress).toMatchObject({ held: [], series: [{ state: 'complete' }] });
    expect(tasksOf(progress)).toEqual([]);
    const explanation = () => hub.api.get<object[]>(`/series/${sent.seriesInstanceUid}/explanation`);
    expect(await explanation()).toMatchObject([
      {
        inputSets: [
          {
            outcome: 'notApplicable',
            nearestMisses: expect.arrayContaining([
              expect.objectContaining({
                modelId: 'heart',
                missed: [expect.objectContaining({ criterion: 'inputs.ct.applicability.slices', observed: '10' })],
              }),
            ]),
          },
        ],
      },
    ]);
    expect(await hub.api.get('/journal?kind=inputSet.notApplicable')).not.toEqual([]);
    await register({ id: 'heart', task: 'heart', description: 'nobodys', version: '1.1.0' });
    expect(modelsThatRan(await settled(sent))).toEqual(['heart']);
    expect(deliveredOf(sent)).toBe(1);
  }, 60_000);
});

describe('which series', () => {
  beforeAll(() => register({ id: 'ribs', task: 'ribs', description: 'ribs' }));
  const ribs: DataSet = { SeriesDescription: 'ribs', SliceThickness: 5 };

  it('two series of one study that no rule tells apart are held, and the one that a person chooses runs', async () => {
    const [one, two] = await Promise.all(
      ['one', 'two'].map((series) => scan({ study: 'tied', series, attributes: ribs })),
    );
    await send(hub, centre, [...one.paths, ...two.paths]);
    const progress = await settled(one);
    expect(tasksOf(progress).map(({ code }) => code)).toEqual(['SERIES_TIE', 'SERIES_TIE']);
    expect(modelsThatRan(progress)).toEqual([]);
    const chosen = progress.series.find(({ seriesInstanceUid }) => seriesInstanceUid === two.seriesInstanceUid);
    await decide(progress.held[0].id, 'release', { choose: chosen?.inputSets[0].id });
    const after = await settled(one);
    expect(after.held).toEqual([]);
    expect([deliveredOf(one), deliveredOf(two)]).toEqual([0, 1]);
  }, 60_000);

  it('a better series that comes later takes the task over, and the result of the first is superseded', async () => {
    const worse = await arrives({ study: 'better', series: 'thick', attributes: ribs });
    expect(deliveredOf(worse.sent)).toBe(1);
    const better = await arrives({ study: 'better', series: 'thin', attributes: { ...ribs, SliceThickness: 2 } });
    expect(deliveredOf(better.sent)).toBe(1);
    const states = better.progress.series.map(({ seriesInstanceUid, inputSets }) => [
      seriesInstanceUid === better.sent.seriesInstanceUid ? 'thin' : 'thick',
      inputSets[0].tasks.map(({ state, code, jobs }) => [state, code, jobs[0].results[0].state]),
    ]);
    expect(Object.fromEntries(states)).toEqual({
      thick: [['outranked', 'BETTER_SERIES', 'superseded']],
      thin: [['selected', null, 'built']],
    });
    expect(better.progress.held).toEqual([]);
  }, 60_000);

  it('a scout is no problem to solve', async () => {
    const attributes = { SeriesDescription: 'ribs', ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] };
    const { progress } = await arrives({ study: 'scout', attributes });
    expect(progress).toMatchObject({
      held: [],
      series: [{ state: 'notApplicable', code: 'LOCALIZER', inputSets: [] }],
    });
    expect(progress.dispositions).toEqual({ notApplicable: 10 });
  });
});

describe('odd geometry', () => {
  const turned = [Math.cos(0.05), Math.sin(0.05), 0, -Math.sin(0.05), Math.cos(0.05), 0];
  const shifted = ([x, y, z]: Vec3, mm: number): DataSet => ({ ImagePositionPatient: [x, y + mm, z] });

  it.each<[string, string, RegExp, NonNullable<ScanPlan['slice']>]>([
    ['a gap', 'GAP', /1 slice is missing/, (k) => (k === 5 ? null : {})],
    ['gantry tilt', 'GANTRY_TILT', /shifted against each other/, (k, position) => shifted(position, 2 * k)],
    [
      'mixed orientations',
      'MIXED_ORIENTATIONS',
      /orientation/,
      (k) => (k === 4 ? { ImageOrientationPatient: turned } : {}),
    ],
    [
      'two frames of reference',
      'MIXED_FRAMES_OF_REFERENCE',
      /2 frames of reference/,
      (k) => (k < 5 ? {} : { FrameOfReferenceUID: deriveUid('another frame') }),
    ],
    [
      'a position taken twice',
      'DUPLICATE_POSITION',
      /position of another slice/,
      (k, [x, y, z]) => (k === 5 ? { ImagePositionPatient: [x, y, z - 10] } : {}),
    ],
  ])(
    '%s holds the series',
    async (what, code, sentence, slice) => {
      const { sent, progress } = await arrives({
        study: `odd ${what}`,
        attributes: { SeriesDescription: 'ribs' },
        slice,
      });
      expect(progress).toMatchObject({
        series: [{ state: 'held', code, inputSets: [] }],
        held: [{ kind: 'series', code }],
      });
      const [{ id, reason }] = progress.held;
      expect(reason).toMatch(sentence);
      if (code === 'GAP') {
        await decide(id, 'release');
        expect(modelsThatRan(await settled(sent))).toEqual(['ribs']);
        expect(deliveredOf(sent)).toBe(1);
        return;
      }
      await expect(decide(id, 'release')).rejects.toMatchObject({ code: 'SERIES_NOT_USABLE' });
      await decide(id, 'discard');
      expect(await settled(sent)).toMatchObject({ held: [], series: [{ state: 'discarded', code }] });
      expect(deliveredOf(sent)).toBe(0);
    },
    60_000,
  );
});

describe('what may not be', () => {
  it('a destination marked clinical gets nothing while the hub runs for tests only', async () => {
    const vejle = await enrolCentre(hub, { id: 'vejle', aeTitle: 'VEJLE_CT', sendsWholeSeries: true });
    const clinical = await startReceiver(vejle.server);
    try {
      await addDestination(hub, 'vejle', { aeTitle: 'TPS', port: clinical.port, kind: 'clinical' });
      const sent = await scan({ study: 'clinical', attributes: { SeriesDescription: 'ribs' } });
      await send(hub, vejle, sent.paths);
      const progress = await settled(sent, 'vejle');
      const [{ jobs }] = tasksOf(progress);
      expect(jobs[0].results[0].deliveries).toMatchObject([{ state: 'blocked', code: 'TEST_TO_CLINICAL' }]);
      expect(clinical.arrivals()).toEqual([]);
      expect(await hub.api.get('/jobs?centre=vejle')).toMatchObject([{ status: 'blocked' }]);
    } finally {
      await clinical.close();
    }
  }, 60_000);

  it('purpose care is denied with the reason, and nothing runs', async () => {
    await hub.api.post('/called-aes', { aeTitle: 'MB_CARE', purpose: 'care' });
    const { sent, progress } = await arrives({ study: 'care', attributes: { SeriesDescription: 'ribs' } }, 'MB_CARE');
    expect(tasksOf(progress)).toMatchObject([{ task: 'ribs', state: 'denied', jobs: [] }]);
    const [entry] = await hub.api.get<{ text: string; details: object }[]>('/journal?kind=selection.denied');
    expect(entry.text).toMatch(/release policy denies the task ribs: .{10,}/);
    expect(entry.details).toMatchObject({ code: tasksOf(progress)[0].code });
    expect(deliveredOf(sent)).toBe(0);
  });

  it.each([
    ['Enhanced CT', '1.2.840.10008.5.1.4.1.1.2.1', 'held', 'ENHANCED_CT'],
    ['RTPLAN', '1.2.840.10008.5.1.4.1.1.481.5', 'notApplicable', 'CLASS_NOT_NEEDED'],
    ['RTDOSE', '1.2.840.10008.5.1.4.1.1.481.2', 'notApplicable', 'CLASS_NOT_NEEDED'],
    ['SR', '1.2.840.10008.5.1.4.1.1.88.33', 'notApplicable', 'CLASS_NOT_NEEDED'],
    ['MR', '1.2.840.10008.5.1.4.1.1.4', 'notApplicable', 'MODALITY_NOT_ASSEMBLED'],
  ])('an instance of %s is acknowledged and accounted for', async (name, sopClassUid, disposition, code) => {
    const folder = join(hub.home, 'classes');
    mkdirSync(folder, { recursive: true });
    const plan = { seed: `class ${name}`, k: 0, sopClassUid };
    const { path } = await writeSlice(folder, plan);
    expect(await send(hub, centre, [path])).toMatchObject([{ status: { code: 0 } }]);
    const progress = await untilSettled(hub, sliceUids(plan).study, 'odense');
    expect(progress).toMatchObject({ instancesStored: 1, dispositions: { [disposition]: 1 }, series: [] });
    expect(progress.held.map((item) => item.code)).toEqual(disposition === 'held' ? [code] : []);
    expect(await hub.api.get('/journal?kind=instance.stored&limit=1')).toMatchObject([{ details: { code } }]);
  });
});
