/** The rows of a search on every database that we support: what its longest query finds, and that SQL Server can read it. */
import { In } from 'typeorm';
import { InstanceEntity, ResultEntity } from '@modelbank/store';
import { recordTSql, tSqlProblems, testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { JobBench } from '../../../../../test/support/job-bench';
import { FoundObjects } from './found-objects';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const PAGE = { offset: 0, limit: 10 };
const OF_ODENSE = { centreId: In(['odense']) };

testStores('studies', (database) => {
  let store: TestStore;
  let jobs: JobBench;
  beforeEach(async () => {
    store = await database.open();
    jobs = await JobBench.on(store);
  });
  afterEach(() => store.dispose());

  it('are found while an instance is kept or a result may be used, in their own centre', async () => {
    const found = new FoundObjects(store.readStore);
    const count = async (filter: Parameters<FoundObjects['studies']>[0]) => (await found.studies(filter, PAGE)).length;
    expect(await count(OF_ODENSE)).toBe(1);
    await store.unitOfWork.run((tx) =>
      tx.manager.update(InstanceEntity, { centreId: 'odense' }, { disposition: 'deleted' }),
    );
    expect([await count(OF_ODENSE), await count({})]).toEqual([0, 0]);
    await jobs.waiting('tps', Buffer.from('result'));
    expect([await count(OF_ODENSE), await count({}), await count({ centreId: In(['aarhus']) })]).toEqual([1, 1, 0]);
    await store.unitOfWork.run((tx) => tx.manager.update(ResultEntity, { centreId: 'odense' }, { state: 'withdrawn' }));
    expect(await count(OF_ODENSE)).toBe(0);
  });
});

it('studies are asked for in T-SQL that parses', async () => {
  const { dataSource, statements } = await recordTSql();
  const manager = dataSource.createEntityManager(dataSource.createQueryRunner());
  await new FoundObjects({ manager }).studies(OF_ODENSE, PAGE);
  const [{ sql }, ...more] = statements;
  expect(more).toEqual([]);
  expect(sql).toContain('"instance"."studyInstanceUid" IN (SELECT');
  expect(await tSqlProblems(sql)).toEqual([]);
});
