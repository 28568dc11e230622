/** Order, back-off, attempts, dead letters: all of it in the database, so that it survives a restart. */
import { HubError } from '@modelbank/contracts';
import type { QueueName } from '@modelbank/contracts';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { InboxMessageEntity, OutboxMessageEntity } from './outbox.entity';
import { backOffMs, MAX_ATTEMPTS } from './outbox.repository';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const QUEUE: QueueName = 'delivery.inputSet.completed';
const HOUR_MS = 3_600_000;

describe('the back-off', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [5, 16_000],
    [9, 256_000],
    [10, 300_000],
    [1000, 300_000],
  ])('after %i attempts is %i ms', (attempts, expected) => {
    expect(backOffMs(attempts)).toBe(expected);
  });
});

testStores('the outbox', (database) => {
  let store: TestStore;
  beforeEach(async () => {
    store = await database.open();
  });
  afterEach(() => store.dispose());

  const emit = (inputSetId: string) =>
    store.unitOfWork.run((tx) => tx.emit('inputSet.completed', 'odense', { inputSetId, centreId: 'odense' }, 'test'));
  const due = async (limit = 10) =>
    (await store.outbox.due(QUEUE, limit)).map(({ envelope }) => (envelope.body as { inputSetId: string }).inputSetId);
  const fail = async (error = new HubError('INTERNAL', 'unexpected failure')) => {
    const [{ id }] = await store.outbox.due(QUEUE, 1);
    return store.outbox.recordFailure(id, error);
  };

  it('is read in the order in which it was written', async () => {
    for (const id of ['c', 'a', 'b']) await emit(id);
    expect(await due()).toEqual(['c', 'a', 'b']);
    expect(await due(2)).toEqual(['c', 'a']);
  });

  it('lets those behind a failed message go on, and brings it back in time', async () => {
    for (const id of ['first', 'second']) await emit(id);
    expect(await fail()).toBe('retry');
    expect(await due()).toEqual(['second']);
    await store.clock.advance(999);
    expect(await due()).toEqual(['second']);
    await store.clock.advance(1);
    expect(await due()).toEqual(['first', 'second']);
  });

  it('counts attempts over a restart, and gives up', async () => {
    await emit('poison');
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
      expect(await fail()).toBe('retry');
      await store.clock.advance(HOUR_MS);
      if (attempt === 7) store = await store.reopen();
    }
    expect(await fail()).toBe('dead');
    await store.clock.advance(HOUR_MS);
    expect(await due()).toEqual([]);
    expect(await store.outbox.dead(10)).toMatchObject([
      { queue: QUEUE, attempts: MAX_ATTEMPTS, lastError: 'INTERNAL: unexpected failure' },
    ]);
  });

  it('never gives up while the hub itself is unwell', async () => {
    await emit('kept');
    for (let attempt = 0; attempt < 2 * MAX_ATTEMPTS; attempt += 1) {
      expect(await fail(new HubError('STORAGE_FULL', 'no room'))).toBe('retry');
      await store.clock.advance(HOUR_MS);
    }
    expect(await due()).toEqual(['kept']);
  });

  it('gives up at once where no repetition helps', async () => {
    await emit('bad');
    expect(await fail(new HubError('DATASET_MISMATCH', 'no match'))).toBe('dead');
  });

  it('takes a failure of a message that was processed meanwhile for nothing', async () => {
    await emit('done');
    const [{ id, envelope }] = await store.outbox.due(QUEUE, 1);
    await store.unitOfWork.consume(QUEUE, envelope, () => Promise.resolve());
    expect(await store.outbox.recordFailure(id, new HubError('CONFLICT', 'twice'))).toBe('retry');
    expect(await store.readStore.manager.count(OutboxMessageEntity)).toBe(0);
  });

  it('forgets what was processed long ago, and nothing younger', async () => {
    for (const id of ['old', 'young']) {
      await emit(id);
      const [{ envelope }] = await store.outbox.due(QUEUE, 1);
      await store.unitOfWork.consume(QUEUE, envelope, () => Promise.resolve());
      await store.clock.advance(20 * 24 * HOUR_MS);
    }
    store = await store.reopen();
    expect(await store.readStore.manager.count(InboxMessageEntity)).toBe(1);
  });
});
