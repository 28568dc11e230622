/** Leases on real databases: one worker each, taken over when they run out, and no late word of who lost one. */
import { JobEntity } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { JobBench } from '../../../../test/support/job-bench';
import { claimJob, expireLeasesOf, renewLease, updateOwned } from './claim-job';
import type { Lease } from './claim-job';

const LEASE_MS = 60_000;

testStores('leases of jobs', (database) => {
  let store: TestStore;
  let bench: JobBench;

  beforeEach(async () => {
    store = await database.open();
    bench = await JobBench.on(store);
  });
  afterEach(() => store.dispose());

  const claim = (owner: string) => claimJob(store.unitOfWork, store.readStore, owner, LEASE_MS, store.clock);
  const must = async (owner: string): Promise<Lease> => {
    const lease = await claim(owner);
    if (lease === null) throw new Error('nothing was claimed');
    return lease;
  };
  const finish = (lease: Lease) =>
    store.unitOfWork.run((tx) => updateOwned(tx, lease, { state: 'inferred', finishedAt: store.clock.now() }));

  it('are exclusive among workers that claim side by side, and leave no job behind', async () => {
    const jobs: JobEntity[] = [];
    for (let index = 0; index < 12; index += 1) jobs.push(await bench.job());
    const claimed: string[] = [];
    const work = async (owner: string) => {
      for (let lease = await claim(owner); lease !== null; lease = await claim(owner)) claimed.push(lease.job.id);
    };
    await Promise.all(Array.from({ length: 6 }, (_, index) => work(`worker-${index}`)));
    expect(claimed.sort()).toEqual(jobs.map(({ id }) => id).sort());
    const rows = await bench.manager.find(JobEntity);
    expect(
      rows.every(({ state, attempts, fencingToken }) => state === 'running' && attempts === 1 && fencingToken === 1),
    );
  });

  it('go to the oldest job whose time has come', async () => {
    const late = await bench.job({ notBefore: new Date(store.clock.now().getTime() + 5000) });
    const first = await bench.job();
    await bench.job({ state: 'held' });
    expect((await must('a')).job.id).toBe(first.id);
    expect(await claim('a')).toBeNull();
    await store.clock.advance(5000);
    expect((await must('a')).job.id).toBe(late.id);
  });

  it('that run out are taken over, and the late writer is refused', async () => {
    const { id } = await bench.job();
    const slow = await must('slow');
    await store.clock.advance(LEASE_MS - 1);
    expect(await claim('other')).toBeNull();
    await store.clock.advance(1);
    const other = await must('other');
    expect(other).toMatchObject({ fencingToken: 2, job: { id, attempts: 2 } });
    expect(await renewLease(store.unitOfWork, slow, LEASE_MS, store.clock)).toBe(false);
    expect(await finish(slow)).toBe(false);
    expect(await bench.jobRow(id)).toMatchObject({ state: 'running', leaseOwner: 'other' });
    expect(await finish(other)).toBe(true);
    expect(await bench.jobRow(id)).toMatchObject({ state: 'inferred', leaseOwner: null, leaseExpiresAt: null });
    expect(await finish(other)).toBe(false);
  });

  it('that are renewed are kept, however long the run takes', async () => {
    await bench.job();
    const lease = await must('a');
    for (let beat = 0; beat < 5; beat += 1) {
      await store.clock.advance(LEASE_MS - 1);
      expect(await renewLease(store.unitOfWork, lease, LEASE_MS, store.clock)).toBe(true);
      expect(await claim('b')).toBeNull();
    }
  });

  it('of a worker that was restarted are free at once, those of others are not', async () => {
    const [mine, others] = [await bench.job(), await bench.job()];
    await must('hub-0');
    await must('hub-1');
    await expireLeasesOf(store.unitOfWork, 'hub-0', store.clock);
    expect((await must('hub-0')).job.id).toBe(mine.id);
    expect(await claim('hub-0')).toBeNull();
    expect((await bench.jobRow(others.id)).leaseOwner).toBe('hub-1');
  });
});
