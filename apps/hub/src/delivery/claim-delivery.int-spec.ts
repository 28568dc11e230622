/** Claims of deliveries on real databases: one sender each, however many look. */
import { testStores } from '@modelbank/testing';
import { JobBench, NO_CRASH, QUIET } from '../../../../test/support/job-bench';
import { DeliverySender } from './delivery-sender';
import type { SendResult } from './send-result';

testStores('claims of deliveries', (database) => {
  it('are exclusive among senders of several processes, and leave none behind', async () => {
    const store = await database.open();
    const bench = await JobBench.on(store);
    const { unitOfWork, readStore, clock, configuration } = store;
    const sent: string[] = [];
    const send: SendResult = async ({ id }) => {
      sent.push(id);
      return { code: 0, kind: 'success', meaning: 'success' };
    };
    const ids: string[] = [];
    for (let index = 0; index < 8; index += 1) {
      const { id } = await bench.waiting((await bench.destination({ name: `TPS ${index}` })).id, Buffer.from('result'));
      ids.push(id);
    }
    const parts = { unitOfWork, store: readStore, clock, configuration, crashPoints: NO_CRASH, log: QUIET, send };
    const work = async (sender: DeliverySender) => {
      for (let round = 0; round < 20; round += 1) await sender.sendNext();
    };
    await Promise.all(Array.from({ length: 3 }, () => work(new DeliverySender(parts))));
    expect(sent.sort()).toEqual(ids.sort());
    expect(await bench.queued('results.result.delivered')).toHaveLength(8);
    await store.dispose();
  });
});
