/** Per study and frame of reference a task runs on one series: what the lesser ones gave before the best had arrived never leaves. */
import { ArrivalsPlace } from './support/arrivals-place';
import type { Progress } from './support/arrivals-place';
import { until } from './support/journey-centre';
import type { PhantomFiles } from './support/journey-data';
import { NOTHING_WRONG, reconcile } from './support/ledger';

describe.each(['embedded', 'hostile'] as const)(
  'on the %s broker, of a thick and a thin series of one study',
  (broker) => {
    let place: ArrivalsPlace;
    beforeAll(async () => {
      place = await ArrivalsPlace.open(broker, { looksAtImage: true });
    }, 60_000);
    afterAll(() => place.close(), 60_000);

    it('only the thin one is delivered, though the thick one had its result first', async () => {
      const thick = await place.chest();
      const thin = await place.thinnerThan(thick);
      await place.send('COUNTING', thin.paths.slice(0, 1));
      await place.send('COUNTING', thick.paths);
      await place.resultThatWaits(thick);
      await place.send('COUNTING', thin.paths.slice(1));

      const progress = await place.settled(thick);
      expect(tasksOf(progress, thin)).toMatchObject([['selected', 'built', 'built', ['delivered']]]);
      expect(tasksOf(progress, thick)).toMatchObject([['outranked', 'cancelled', 'withdrawn', ['cancelled']]]);
      expect(place.receiver.structureSetsOf(thick.seriesInstanceUid)).toEqual([]);
      expect(place.receiver.structureSetsOf(thin.seriesInstanceUid)).toHaveLength(1);
    }, 60_000);

    it('the thin one takes over from a thick one that was delivered, which is then visibly superseded', async () => {
      const thick = await place.chest();
      const thin = await place.thinnerThan(thick);
      await place.send('COUNTING', thick.paths);
      await place.settled(thick);
      expect(place.receiver.structureSetsOf(thick.seriesInstanceUid)).toHaveLength(1);
      await place.send('COUNTING', thin.paths);

      const progress = await place.settled(thick);
      expect(tasksOf(progress, thick)).toMatchObject([['outranked', 'cancelled', 'superseded', ['delivered']]]);
      expect(tasksOf(progress, thin)).toMatchObject([['selected', 'built', 'built', ['delivered']]]);
    }, 60_000);

    it('the thick one takes over again when the thin one turns out to have a gap', async () => {
      const thick = await place.chest({ ImagesInAcquisition: undefined });
      const thin = await place.thinnerThan(thick);
      await place.send('SETTLING', thin.paths.slice(0, 12));
      await place.send('WHOLE', thick.paths);
      await until(
        () => place.jobsOf(thin.seriesInstanceUid),
        (jobs) => jobs.length > 0,
      );
      await place.send('SETTLING', thin.paths.slice(14));

      const progress = await place.settled(thick);
      expect(progress.held).toMatchObject([{ kind: 'series', code: 'GAP' }]);
      expect(tasksOf(progress, thick).at(-1)).toMatchObject(['selected', 'built', 'built', ['delivered']]);
      expect(place.receiver.structureSetsOf(thick.seriesInstanceUid)).toHaveLength(1);
      expect(place.receiver.structureSetsOf(thin.seriesInstanceUid)).toEqual([]);
    }, 60_000);

    it('nothing is lost, doubled or left over', () => {
      expect(reconcile(place.hub.home, place.ledger, place.receiver)).toEqual(NOTHING_WRONG);
    });
  },
);

/** Of each task of the series: what selection says, then the state of its last job, its result and its deliveries. */
function tasksOf({ series }: Progress, { seriesInstanceUid }: PhantomFiles) {
  const own = series.find((each) => each.seriesInstanceUid === seriesInstanceUid);
  return (own?.inputSets ?? [])
    .flatMap(({ tasks }) => tasks)
    .map(({ state, jobs }) => {
      const job = jobs.at(-1);
      const result = job?.results.at(0);
      return [state, job?.state, result?.state, result?.deliveries.map((delivery) => delivery.state)];
    });
}
