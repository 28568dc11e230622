/** Cancelling on real databases: the running worker is fenced off, and nobody is asked about a job that is no more. */
import type { Envelope } from '@modelbank/contracts';
import { HeldItemEntity, holdItem } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import { CENTRE, JobBench } from '../../../../test/support/job-bench';
import { cancelJobs } from './cancel-jobs';

testStores('cancelled jobs', (database) => {
  it('lose their lease, close what is held, and are told once', async () => {
    const store = await database.open();
    const bench = await JobBench.on(store);
    const { clock, unitOfWork } = store;
    const running = await bench.job({
      state: 'running',
      fencingToken: 4,
      leaseOwner: 'a',
      leaseExpiresAt: clock.now(),
    });
    const held = await bench.job({ state: 'held', stateCode: 'OUTPUT_UNUSABLE' });
    const fact = {
      kind: 'job',
      centreId: CENTRE,
      subjectId: held.id,
      code: 'OUTPUT_UNUSABLE',
      reason: 'empty',
    } as const;
    await unitOfWork.run((tx) => holdItem(tx, clock, fact));
    const cause = { messageId: 'm' } as Envelope;
    const cancel = () =>
      unitOfWork.run((tx) => cancelJobs(tx, { inputSetId: bench.inputSetId }, 'a late slice', cause, clock));
    await cancel();
    await cancel();
    expect(await bench.jobRow(running.id)).toMatchObject({ state: 'cancelled', fencingToken: 5, leaseOwner: null });
    const [item] = await bench.manager.findBy(HeldItemEntity, { subjectId: held.id });
    expect(item).toMatchObject({ state: 'resolved', resolvedBy: 'hub', resolvedWhy: 'cancelled: a late slice' });
    expect(await bench.queued('results.job.cancelled')).toHaveLength(2);
    await store.dispose();
  });
});
