/**
 * Promise 2 of docs/architecture.md: however a series arrives, one job counts, one result is valid and one instance stands at
 * the receiver. The whole table runs on the embedded broker and on one that doubles, reorders, delays and forgets.
 */
import type { DataSet } from '@modelbank/dicom';
import { seededRandom, shuffled } from '@modelbank/testing';
import { ArrivalsPlace, UNDECLARED } from './support/arrivals-place';
import type { Progress } from './support/arrivals-place';
import { until } from './support/journey-centre';
import { cutWire } from './support/cut-wire';
import type { PhantomFiles } from './support/journey-data';
import { SMALL_CHEST } from './support/journey-package';
import { NOTHING_WRONG, reconcile } from './support/ledger';

const { slices } = SMALL_CHEST;
const HALF = slices / 2;
const SEED = 20261122;

interface Arrival {
  readonly title: string;
  readonly attributes?: DataSet;
  readonly arrive: (place: ArrivalsPlace, ct: PhantomFiles) => Promise<unknown>;
  /** A run ahead of time is thrown away on the way; `perhaps`: the broker decides whether it began at all. */
  readonly throwsAway?: boolean | 'perhaps';
}

const ARRIVALS: readonly Arrival[] = [
  { title: 'at its declared count, at once', arrive: (place, { paths }) => place.send('COUNTING', paths) },
  {
    title: 'with one instance per association',
    arrive: async (place, { paths }) => {
      for (const path of paths) await place.send('COUNTING', [path]);
    },
  },
  {
    title: 'half, release, half',
    throwsAway: 'perhaps',
    arrive: async (place, { paths }) => {
      await place.send('COUNTING', paths.slice(0, HALF));
      await place.send('COUNTING', paths.slice(HALF));
    },
  },
  {
    title: 'out of order',
    attributes: UNDECLARED,
    arrive: (place, { paths }) => place.send('WHOLE', shuffled(paths, seededRandom(SEED))),
  },
  {
    title: 'each instance five times, by four associations side by side',
    arrive: async (place, { paths }) => {
      const fiveTimes = Array.from({ length: 5 }, () => paths).flat();
      const orders = [1, 2, 3, 4].map((n) => shuffled(fiveTimes, seededRandom(SEED + n)));
      const refused = await Promise.all(orders.map((order) => place.send('COUNTING', order)));
      expect(refused.flat()).toEqual([]);
    },
  },
  {
    title: 'dropped half way by a reset, and sent again',
    attributes: UNDECLARED,
    arrive: async (place, { paths }) => {
      const wire = await cutWire(place.hub.dimsePort, 50_000);
      const refused = await place.send('WHOLE', paths, wire.port);
      await wire.close();
      expect(wire.isCut() && refused.length > 0 && refused.length < slices).toBe(true);
      expect(await place.send('WHOLE', paths)).toEqual([]);
    },
  },
  {
    title: 'with a late slice before it is complete',
    throwsAway: true,
    arrive: async (place, ct) => {
      await place.send('COUNTING', ct.paths.slice(0, -1));
      await place.resultThatWaits(ct);
      expect(place.receiver.structureSetsOf(ct.seriesInstanceUid)).toEqual([]);
      await place.send('COUNTING', ct.paths.slice(-1));
    },
  },
  {
    title: 'by the settle time, after a run ahead of time',
    attributes: UNDECLARED,
    arrive: (place, { paths }) => place.send('SETTLING', paths),
  },
  {
    title: 'whole, by a sender of whole series',
    attributes: UNDECLARED,
    arrive: (place, { paths }) => place.send('WHOLE', paths),
  },
];

describe.each(['embedded', 'hostile'] as const)('on the %s broker, a series that arrives', (broker) => {
  let place: ArrivalsPlace;
  beforeAll(async () => {
    place = await ArrivalsPlace.open(broker);
  }, 60_000);
  afterAll(() => place.close(), 60_000);

  it.each(ARRIVALS)(
    '$title: one job, one result, one delivered instance',
    async ({ attributes, arrive, throwsAway = false }) => {
      const ct = await place.chest(attributes);
      await arrive(place, ct);
      const progress = await place.settled(ct);
      expect(outlineOf(progress)).toMatchObject({ instances: slices, current: [ONE_DELIVERED] });
      const { superseded } = outlineOf(progress);
      if (throwsAway !== 'perhaps') expect(superseded).toHaveLength(throwsAway ? 1 : 0);
      expect(superseded.flatMap(({ deliveries }) => deliveries)).not.toContain('delivered');
      expectReferences(place, ct, [[]]);
    },
    60_000,
  );

  it('late, after its delivery: a new revision that names its predecessor, the old one visibly superseded', async () => {
    const ct = await place.chest(UNDECLARED);
    await place.send('WHOLE', ct.paths.slice(0, -1));
    const fewer = { ...ONE_DELIVERED, slices: slices - 1 };
    expect(outlineOf(await place.settled(ct))).toMatchObject({ current: [fewer], superseded: [] });
    const [first] = place.receiver.structureSetsOf(ct.seriesInstanceUid);

    await place.send('WHOLE', ct.paths.slice(-1));
    const progress = await place.settled(ct);
    const old = { ...fewer, state: 'superseded', job: 'cancelled', result: 'superseded' };
    expect(outlineOf(progress)).toMatchObject({ current: [{ ...ONE_DELIVERED, revision: 2 }], superseded: [old] });
    expectReferences(place, ct, [[], [first.sopInstanceUid]]);

    const [newer, older] = await place.jobsOf(ct.seriesInstanceUid);
    expect([newer.status, older.status]).toEqual(['delivered', 'superseded']);
    const [result] = await place.hub.api.get<object[]>(`/results?job=${older.id}`);
    await expect(place.hub.api.bytes(`/results/${older.resultIds[0]}/object`)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(await place.hub.api.bytes(`/results/${newer.resultIds[0]}/object`)).not.toHaveLength(0);
    expect(result).toMatchObject({ state: 'superseded', supersededByResultId: newer.resultIds[0] });
    expect(result).toMatchObject({ stateReason: expect.stringMatching(/slice arrived/) as string });
  }, 60_000);

  it('late, while its result is on the wire: the receiver has it, so it is superseded and not withdrawn', async () => {
    const ct = await place.chest(UNDECLARED);
    const answer = place.receiver.holdItsAnswers();
    await place.send('WHOLE', ct.paths.slice(0, -1));
    await until(() => Promise.resolve(place.receiver.unanswered()), Boolean);
    await place.send('WHOLE', ct.paths.slice(-1));
    const status = async () => (await place.jobsOf(ct.seriesInstanceUid)).map((job) => job.status);
    await until(status, (now) => now.includes('cancelled'));
    answer();
    const { current, superseded } = outlineOf(await place.settled(ct));
    expect(current).toMatchObject([{ ...ONE_DELIVERED, revision: 2 }]);
    expect(superseded).toMatchObject([{ job: 'cancelled', result: 'superseded', deliveries: ['delivered'] }]);
    expect(await status()).toEqual(['delivered', 'superseded']);
    expect(place.receiver.structureSetsOf(ct.seriesInstanceUid)).toHaveLength(2);
  }, 60_000);

  it('after a scout of its study: the scout is not applicable and holds up nothing', async () => {
    const ct = await place.chest();
    const scout = await place.scoutOf(ct);
    await place.send('COUNTING', [...scout.paths, ...ct.paths]);
    const { series, settled } = await place.settled(ct);
    expect(settled).toBe(true);
    const outcomes = series.map(({ state, code, inputSets }) => [state, code, inputSets.length]);
    expect(new Set(outcomes)).toEqual(
      new Set([
        ['notApplicable', 'LOCALIZER', 0],
        ['complete', null, 1],
      ]),
    );
    expectReferences(place, ct, [[]]);
  }, 60_000);

  it('leaves nothing lost, nothing doubled and nothing from nowhere', () => {
    expect(reconcile(place.hub.home, place.ledger, place.receiver)).toEqual(NOTHING_WRONG);
  });
});

const ONE_DELIVERED = {
  state: 'complete',
  slices,
  revision: 1,
  job: 'built',
  result: 'built',
  deliveries: ['delivered'],
};

/** Each structure set at the receiver references all slices that its revision had, and these predecessors. */
function expectReferences(place: ArrivalsPlace, ct: PhantomFiles, predecessors: readonly string[][]): void {
  const sets = place.receiver.structureSetsOf(ct.seriesInstanceUid);
  expect(sets.map(({ predecessorSopInstanceUids }) => predecessorSopInstanceUids)).toEqual(predecessors);
  expect(sets.at(-1)?.referencedSeries[0].sopInstanceUids).toHaveLength(slices);
}

/** The input sets of the first series, with the one job of each. */
function outlineOf({ instancesStored, series }: Progress) {
  const outlines = series[0].inputSets.map(({ state, slices: members, revision, tasks }) => {
    const jobs = tasks.flatMap((task) => task.jobs);
    expect(jobs.length).toBeLessThanOrEqual(1);
    const results = jobs.flatMap((job) => job.results);
    const deliveries = results.flatMap((result) => result.deliveries).map((delivery) => delivery.state);
    const [job, result] = [jobs.at(0)?.state, results.at(0)?.state];
    return { state, revision, slices: members, job, result, deliveries };
  });
  return {
    instances: instancesStored,
    current: outlines.filter(({ state }) => state !== 'superseded'),
    superseded: outlines.filter(({ state }) => state === 'superseded'),
  };
}
