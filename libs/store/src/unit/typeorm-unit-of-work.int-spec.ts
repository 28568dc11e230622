/** Commits, rollbacks, isolation and nesting of units of work, on every database. */
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { HubError } from '@modelbank/contracts';
import type { Envelope, QueueName } from '@modelbank/contracts';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { locationsOf } from '@modelbank/platform';
import { DataSource } from 'typeorm';
import type { DataSourceOptions, EntityManager } from 'typeorm';
import { CentreEntity } from '../centres/centre.entity';
import { InboxMessageEntity, OutboxMessageEntity } from '../outbox/outbox.entity';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const AT = new Date('2026-01-01T08:00:00.000Z');
const centre = (id: string) => ({ id, name: `Centre ${id} – Ærø`, createdAt: AT });

testStores('unit of work', (database) => {
  let store: TestStore;
  beforeEach(async () => {
    store = await database.open();
  });
  afterEach(() => store.dispose());

  const insert = (id: string) => store.unitOfWork.run(({ manager }) => manager.insert(CentreEntity, centre(id)));
  const ids = async () => (await store.readStore.manager.find(CentreEntity, { order: { id: 'ASC' } })).map((c) => c.id);

  it('keeps text and times exactly', async () => {
    await insert('odense');
    expect(await store.readStore.manager.findOneByOrFail(CentreEntity, { id: 'odense' })).toEqual(centre('odense'));
  });

  it("does not erase another unit's write when it rolls back", async () => {
    const failing = store.unitOfWork.run(async ({ manager }) => {
      await manager.insert(CentreEntity, centre('lost'));
      await sleep(20);
      throw new Error('the work failed');
    });
    const kept = insert('kept');
    await expect(failing).rejects.toThrow('the work failed');
    await kept;
    expect(await ids()).toEqual(['kept']);
  });

  it('shows a reader nothing before the commit', async () => {
    let seenInside: string[] = [];
    await store.unitOfWork.run(async ({ manager }) => {
      await manager.save(CentreEntity, centre('odense'));
      seenInside = await ids();
    });
    expect(seenInside).toEqual([]);
    expect(await ids()).toEqual(['odense']);
  });

  it('refuses to nest, and rolls the outer unit back', async () => {
    const nested = store.unitOfWork.run(async ({ manager }) => {
      await manager.insert(CentreEntity, centre('outer'));
      await insert('inner');
    });
    await expect(nested).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await ids()).toEqual([]);
    await insert('afterwards');
    expect(await ids()).toEqual(['afterwards']);
  });

  it('lets units start from what a unit has started, once that unit has ended', async () => {
    let later: Promise<unknown> = Promise.resolve();
    await store.unitOfWork.run(async ({ manager }) => {
      await manager.insert(CentreEntity, centre('first'));
      later = sleep(50).then(() => insert('second'));
    });
    await later;
    expect(await ids()).toEqual(['first', 'second']);
  });

  it('gives a manager that refuses to work after its unit', async () => {
    let kept: EntityManager | undefined;
    await store.unitOfWork.run(async ({ manager }) => {
      kept = manager;
      await manager.insert(CentreEntity, centre('inside'));
    });
    await expect(kept?.insert(CentreEntity, centre('outside'))).rejects.toThrow();
    await expect(kept?.find(CentreEntity)).rejects.toThrow();
    expect(await ids()).toEqual(['inside']);
  });

  it('refuses to write through the read store', async () => {
    await expect(store.readStore.manager.insert(CentreEntity, centre('odense'))).rejects.toThrow();
    expect(await ids()).toEqual([]);
  });

  it('tells a key that exists as CONFLICT, without its value', async () => {
    await insert('odense');
    const error: unknown = await insert('odense').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ code: 'CONFLICT', message: 'a row with this key exists already' });
  });

  it('runs read-then-write units as if one after the other', async () => {
    await insert('counter');
    const count = async ({ manager }: { manager: EntityManager }) => {
      const { name } = await manager.findOneByOrFail(CentreEntity, { id: 'counter' });
      await manager.update(CentreEntity, 'counter', { name: String((Number(name) || 0) + 1) });
    };
    await Promise.all(Array.from({ length: 6 }, () => store.unitOfWork.run(count)));
    const { name } = await store.readStore.manager.findOneByOrFail(CentreEntity, { id: 'counter' });
    expect(name).toBe('6');
  });

  it('writes one outbox row per subscriber and wakes their queues after the commit', async () => {
    const woken: QueueName[][] = [];
    const rowsWhenWoken: Promise<number>[] = [];
    store.wakeUps.onWake((queues) => {
      woken.push([...queues]);
      rowsWhenWoken.push(store.readStore.manager.count(OutboxMessageEntity));
    });
    await store.unitOfWork.run((tx) =>
      tx.emit('inference.failed', 'odense', { jobId: 'j', centreId: 'odense', code: 'INTERNAL' }, 'cause'),
    );
    await store.unitOfWork.run((tx) =>
      tx.emit('inputSet.completed', 'odense', { inputSetId: 'i', centreId: 'odense' }, 'cause'),
    );
    expect(woken).toEqual([['journal.inference.failed'], ['delivery.inputSet.completed']]);
    expect(await Promise.all(rowsWhenWoken)).toEqual([1, 2]);
  });

  it('waits a while for whoever has locked the database, stops nothing else meanwhile, and then says so', async () => {
    const release = await lockFromOutside(store);
    const started = performance.now();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 10);
    await expect(insert('refused')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    clearInterval(timer);
    expect(turns).toBeGreaterThan((performance.now() - started) / 100);
    const patient = insert('patient');
    await sleep(100);
    await release();
    await patient;
    expect(await ids()).toEqual(['patient']);
  });

  it('emits nothing when it rolls back', async () => {
    let wakeUps = 0;
    store.wakeUps.onWake(() => (wakeUps += 1));
    const failing = store.unitOfWork.run(async (tx) => {
      await tx.emit('inputSet.completed', 'odense', { inputSetId: 'i', centreId: 'odense' }, 'cause');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(wakeUps).toBe(0);
    expect(await store.readStore.manager.count(OutboxMessageEntity)).toBe(0);
  });

  it('consumes a message once, also when copies come at the same time', async () => {
    await store.unitOfWork.run((tx) =>
      tx.emit('inputSet.completed', 'odense', { inputSetId: 'i', centreId: 'odense' }, 'cause'),
    );
    const queue = 'delivery.inputSet.completed';
    const [{ envelope }] = await store.outbox.due(queue, 10);
    const consume = () =>
      store.unitOfWork.consume(queue, envelope as Envelope<'inputSet.completed'>, async (tx) => {
        await tx.manager.insert(CentreEntity, centre('made-by-message'));
      });
    const outcomes = await Promise.all([consume(), consume(), consume()]);
    expect(outcomes.sort()).toEqual(['duplicate', 'duplicate', 'processed']);
    expect(await ids()).toEqual(['made-by-message']);
    expect(await store.readStore.manager.count(OutboxMessageEntity)).toBe(0);
    expect(await store.readStore.manager.count(InboxMessageEntity)).toBe(1);
  });

  it('consumes several messages in one unit, those processed before left out', async () => {
    const queue = 'delivery.inputSet.completed';
    for (const inputSetId of ['i', 'j', 'k']) {
      await store.unitOfWork.run((tx) =>
        tx.emit('inputSet.completed', 'odense', { inputSetId, centreId: 'odense' }, 'cause'),
      );
    }
    const envelopes = (await store.outbox.due(queue, 10)).map(
      ({ envelope }) => envelope as Envelope<'inputSet.completed'>,
    );
    await store.unitOfWork.consume(queue, envelopes[1], async () => undefined);
    const seen: string[] = [];
    const consume = () =>
      store.unitOfWork.consumeAll(queue, [...envelopes, envelopes[0]], async (_tx, fresh) => {
        seen.push(...fresh.map(({ body }) => body.inputSetId));
      });
    expect(await consume()).toBe(2);
    expect(await consume()).toBe(0);
    expect(seen).toEqual(['i', 'k']);
    expect(await store.readStore.manager.count(OutboxMessageEntity)).toBe(0);
    expect(await store.readStore.manager.count(InboxMessageEntity)).toBe(3);
  });

  it('keeps the message and forgets nothing when its work fails', async () => {
    await store.unitOfWork.run((tx) =>
      tx.emit('inputSet.completed', 'odense', { inputSetId: 'i', centreId: 'odense' }, 'cause'),
    );
    const queue = 'delivery.inputSet.completed';
    const [message] = await store.outbox.due(queue, 10);
    const failing = store.unitOfWork.consume(queue, message.envelope, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await store.outbox.pendingOf([message.id])).toEqual([message.id]);
    expect(await store.readStore.manager.count(InboxMessageEntity)).toBe(0);
  });

  it('carries the trace of the consumed event into the events it emits', async () => {
    const emit = (id: string) => ({ inputSetId: id, centreId: 'odense' });
    await store.unitOfWork.run((tx) => tx.emit('inputSet.completed', 'odense', emit('i'), 'cause'));
    const [{ envelope }] = await store.outbox.due('delivery.inputSet.completed', 1);
    await store.unitOfWork.consume('delivery.inputSet.completed', envelope, (tx) =>
      tx.emit('inputSet.notApplicable', 'odense', emit('i'), envelope.messageId),
    );
    const [{ envelope: next }] = await store.outbox.due('journal.inputSet.notApplicable', 1);
    expect(next.traceparent.slice(3, 35)).toBe(envelope.traceparent.slice(3, 35));
    expect(next.traceparent).not.toBe(envelope.traceparent);
    expect(next.causationId).toBe(envelope.messageId);
  });
});

/** Another process holds the lock that writers need; the returned function lets go. */
async function lockFromOutside({ configuration }: TestStore): Promise<() => Promise<void>> {
  const { type, url } = configuration.database;
  if (type === 'sqlite') {
    const other = new Database(locationsOf(configuration).database);
    other.exec('BEGIN IMMEDIATE');
    return () => Promise.resolve(void other.exec('COMMIT').close());
  }
  const source = await new DataSource({ type, url } as DataSourceOptions).initialize();
  const runner = source.createQueryRunner();
  await runner.startTransaction();
  await runner.query(LOCK_CENTRES[type]);
  return () => runner.commitTransaction().then(() => source.destroy());
}

const LOCK_CENTRES = {
  postgres: 'LOCK TABLE centre IN ACCESS EXCLUSIVE MODE',
  mssql: 'SELECT COUNT(*) FROM centre WITH (TABLOCKX, HOLDLOCK)',
};

testStores('units that make the same row at the same time', (database) => {
  it('find it, make it, and never fail', async () => {
    const store = await database.open();
    const findOrMake = (id: string) =>
      store.unitOfWork.run(async ({ manager }) => {
        const found = await manager.findOneBy(CentreEntity, { id });
        if (found !== null) return 'found';
        await manager.insert(CentreEntity, centre(id));
        return 'made';
      });
    for (const id of ['a', 'b', 'c', 'd']) {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => findOrMake(id)));
      expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(1);
    }
    await store.dispose();
  }, 60_000);
});
