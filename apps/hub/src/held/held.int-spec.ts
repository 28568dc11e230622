/** Held items over the controller on a real store: what is listed, and that a decision and its handler stand or fall together. */
import { HubError } from '@modelbank/contracts';
import type { HeldItemHandler, HeldKind } from '@modelbank/contracts';
import { CentreEntity, HeldItemEntity, holdItem, JournalEntryEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { testStores } from '@modelbank/testing';
import type { TestStore } from '@modelbank/testing';
import { OPERATOR_SCOPE } from '../access';
import { DecideHeldItem } from './decide-held-item';
import { HeldItemHandlerRegistry } from './held-item-handlers';
import { HeldController } from './held.controller';

const PERSON = { who: 'N. Physicist', why: 'Looked at it.' };
const CALLER = 'operator';

testStores('held items', (database) => {
  let store: TestStore;
  let handlers: HeldItemHandlerRegistry;
  let controller: HeldController;
  beforeEach(async () => {
    store = await database.open();
    handlers = new HeldItemHandlerRegistry();
    controller = new HeldController(new DecideHeldItem(handlers, store.unitOfWork, store.clock), store.readStore);
  });
  afterEach(() => store.dispose());

  const hold = (kind: HeldKind, centreId = 'odense') =>
    store.unitOfWork.run((tx) =>
      holdItem(tx, store.clock, { kind, centreId, subjectId: `${kind}-1`, code: 'GAP', reason: 'A slice is missing.' }),
    );
  /** Adds a row in the transaction of the decision, and then fails when told to. */
  const handler = (kind: HeldKind, failure?: HubError): HeldItemHandler<Transaction> => {
    const act = async (tx: Transaction) => {
      await tx.manager.insert(CentreEntity, { id: 'made', name: 'Made', createdAt: store.clock.now() });
      if (failure !== undefined) throw failure;
    };
    return { kind, release: act, discard: act };
  };
  const made = () => store.readStore.manager.countBy(CentreEntity, { id: 'made' });

  it('lists what is held, by kind, centre and state', async () => {
    const series = await hold('series');
    const job = await hold('job', 'aarhus');
    expect((await controller.list({}, OPERATOR_SCOPE)).map(({ id }) => id)).toEqual([job, series]);
    expect((await controller.list({ kind: 'job' }, OPERATOR_SCOPE)).map(({ id }) => id)).toEqual([job]);
    expect((await controller.list({ centre: 'odense' }, OPERATOR_SCOPE)).map(({ id }) => id)).toEqual([series]);
    expect(await controller.list({ state: 'released' }, OPERATOR_SCOPE)).toEqual([]);
    const elsewhere = { actor: 'someone', centreIds: ['vejle'] };
    expect(await controller.list({}, elsewhere)).toEqual([]);
    expect(await controller.list({ centre: 'odense' }, elsewhere)).toEqual([]);
    await expect(controller.show(series, elsewhere)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await controller.show(series, OPERATOR_SCOPE)).toMatchObject({
      kind: 'series',
      code: 'GAP',
      reason: 'A slice is missing.',
    });
    await expect(controller.show('none', OPERATOR_SCOPE)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['release', 'discard'] as const)(
    '%s: the handler acts, the item is closed and the journal says who and why',
    async (verb) => {
      handlers.register(handler('series'));
      const id = await hold('series');
      const view = await controller[verb](id, PERSON, CALLER);
      expect(view).toMatchObject({
        state: `${verb}${verb.endsWith('e') ? 'd' : 'ed'}`,
        resolvedBy: PERSON.who,
        resolvedWhy: PERSON.why,
      });
      expect(await made()).toBe(1);
      const [entry] = await store.readStore.manager.findBy(JournalEntryEntity, { kind: `held.${view.state}` });
      expect(entry).toMatchObject({
        actor: PERSON.who,
        subjectId: id,
        details: expect.objectContaining({ why: PERSON.why, caller: CALLER }),
      });
      await expect(controller[verb](id, PERSON, CALLER)).rejects.toMatchObject({ code: 'CONFLICT' });
    },
  );

  it('leaves the item held, and nothing written, when the handler refuses', async () => {
    handlers.register(handler('series', new HubError('CONFLICT', 'the series goes on already')));
    const id = await hold('series');
    await expect(controller.release(id, PERSON, CALLER)).rejects.toThrow('goes on already');
    expect(await made()).toBe(0);
    expect(await store.readStore.manager.findOneByOrFail(HeldItemEntity, { id })).toMatchObject({ state: 'held' });
  });

  it('refuses a kind without a handler, a second handler, an unknown item and nested parameters', async () => {
    const id = await hold('job');
    await expect(controller.release(id, PERSON, CALLER)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(controller.discard('none', PERSON, CALLER)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    handlers.register(handler('job'));
    expect(() => handlers.register(handler('job'))).toThrow('two handlers');
    const nested = { side: { deep: 1 } } as never;
    await expect(controller.release(id, { ...PERSON, parameters: nested }, CALLER)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    expect(await made()).toBe(0);
  });
});
