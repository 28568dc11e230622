/** A dead letter that is tried again: its row and the journal entry stand or fall together. */
import { HubError } from '@modelbank/contracts';
import type { QueueName } from '@modelbank/contracts';
import { JournalEntryEntity, OutboxMessageEntity, OutboxRepository } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { DeadLettersController } from './dead-letters.controller';

testStores('dead letters', (database) => {
  let store: TestStore;
  let outbox: OutboxRepository;
  let woken: QueueName[];
  let controller: DeadLettersController;

  beforeEach(async () => {
    store = await database.open();
    woken = [];
    outbox = new OutboxRepository(store.readStore, store.unitOfWork, store.clock);
    const broker = { wake: (queues: readonly QueueName[]) => void woken.push(...queues) };
    controller = new DeadLettersController(outbox, store.unitOfWork, store.clock, broker);
  });
  afterEach(() => store.dispose());

  async function message(): Promise<OutboxMessageEntity> {
    const body = { inputSetId: 'i', centreId: 'odense' };
    await store.unitOfWork.run((tx) => tx.emit('inputSet.completed', 'odense', body, 'cause'));
    return store.readStore.manager.findOneByOrFail(OutboxMessageEntity, {});
  }
  const revivals = () => store.readStore.manager.findBy(JournalEntryEntity, { kind: 'deadLetter.revived' });

  it('is put back into its queue, told to the broker and to the journal', async () => {
    const { id, queue } = await message();
    await outbox.bury(id, new HubError('INTERNAL', 'no use'));
    expect(await controller.list()).toMatchObject([{ id, queue, attempts: 1, lastError: 'INTERNAL: no use' }]);
    await controller.revive(id, 'operator');
    expect(await store.readStore.manager.findOneByOrFail(OutboxMessageEntity, { id })).toMatchObject({
      ...{ state: 'pending', attempts: 0, deadAt: null },
    });
    expect(await revivals()).toMatchObject([{ actor: 'operator', subjectId: id }]);
    expect(woken).toEqual([queue]);
    expect(await controller.list()).toEqual([]);
  });

  it('cannot be revived while it is none', async () => {
    const { id } = await message();
    await expect(controller.revive(id, 'operator')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(controller.revive('unknown', 'operator')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await revivals()).toEqual([]);
    expect(woken).toEqual([]);
  });
});
