/** A unit of work on SQLite resolves only when its commit is on disk, and commits that wait together share one sync. */
import { testDatabase } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { CentreEntity } from '../centres/centre.entity';
import { TypeOrmUnitOfWork } from '../unit/typeorm-unit-of-work';
import { WalSync } from './wal-sync';

jest.setTimeout(60_000);

/** A log whose syncs wait until the test lets them through or makes them fail. */
class HeldLog {
  readonly opened: string[] = [];
  syncs = 0;
  private readonly waiting: { resolve: () => void; reject: (cause: Error) => void }[] = [];
  readonly walSync = new WalSync('/home/modelbank.sqlite', (path) => {
    this.opened.push(path);
    const datasync = () => {
      this.syncs += 1;
      return new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }));
    };
    return Promise.resolve({ datasync, close: () => Promise.resolve() });
  });

  async letThrough(): Promise<void> {
    (await this.next()).resolve();
  }

  async fail(): Promise<void> {
    (await this.next()).reject(new Error('EIO'));
  }

  private async next() {
    while (this.waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return this.waiting.splice(0, 1)[0];
  }
}

describe('a sync of the log', () => {
  it('covers what was committed before it began; who comes later waits for the next, together', async () => {
    const log = new HeldLog();
    const ended: string[] = [];
    const settle = (name: string) => log.walSync.settle().then(() => void ended.push(name));
    const first = settle('first');
    const later = [settle('second'), settle('third')];
    await log.letThrough();
    await first;
    expect(ended).toEqual(['first']);
    await log.letThrough();
    await Promise.all(later);
    expect(log.syncs).toBe(2);
    expect(log.opened).toEqual(['/home/modelbank.sqlite-wal']);
  });

  it('that failed is told to whoever waited for it; the next one opens the log again', async () => {
    const log = new HeldLog();
    const failing = log.walSync.settle();
    await log.fail();
    await expect(failing).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    const next = log.walSync.settle();
    await log.letThrough();
    await next;
    expect(log.opened).toHaveLength(2);
  });

  it('of a log that is not there is a failure with a code', async () => {
    await expect(new WalSync('/nowhere/at-all').settle()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});

describe('a unit of work on SQLite', () => {
  let store: TestStore;
  let log: HeldLog;
  let unitOfWork: TypeOrmUnitOfWork;
  beforeEach(async () => {
    store = await testDatabase('sqlite').open();
    log = new HeldLog();
    unitOfWork = new TypeOrmUnitOfWork(store.sources, store.clock, store.wakeUps, log.walSync);
  });
  afterEach(() => store.dispose());

  const insert = (id: string) =>
    unitOfWork.run(({ manager }) => manager.insert(CentreEntity, { id, name: id, createdAt: store.clock.now() }));

  it('is committed, but not over, until the log is synced; the next one goes on meanwhile', async () => {
    let ended = 0;
    const units = ['a', 'b', 'c', 'd'].map((id) => insert(id).then(() => (ended += 1)));
    while ((await store.readStore.manager.count(CentreEntity)) < 4) await new Promise((done) => setTimeout(done, 5));
    expect(ended).toBe(0);
    await log.letThrough();
    await log.letThrough();
    await Promise.all(units);
    expect(log.syncs).toBe(2);
  });

  it('fails where the log cannot be synced', async () => {
    const failing = insert('a');
    await log.fail();
    await expect(failing).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});
