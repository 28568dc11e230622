/** What lies about is cleared away every day, not only at start-up. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { uuidv7 } from '@modelbank/platform';
import { InboxMessageEntity } from '@modelbank/store';
import { testDatabase } from '@modelbank/testing';
import { RetentionBench } from '../../../../test/support/retention-bench';

const DAY_MS = 86_400_000;

it('forgets processed messages, part files and objects without a row once a day', async () => {
  const store = await testDatabase('sqlite').open();
  const retention = new RetentionBench(store);
  retention.sweep.onApplicationBootstrap();
  const remember = (messageId: string) =>
    store.unitOfWork.run(({ manager }) =>
      manager.insert(InboxMessageEntity, {
        ...{ id: uuidv7(store.clock), queue: 'journal.series.held', messageId, processedAt: store.clock.now() },
      }),
    );
  const remembered = async () => (await store.readStore.manager.find(InboxMessageEntity)).map((row) => row.messageId);
  await remember('old');
  const part = store.objects.newPartPath();
  const [orphan, fresh] = ['instances/ab/1', 'instances/ab/2'].map((key) => store.objects.pathOf(key));
  for (const path of [part, orphan, fresh]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'x');
  }
  const longAgo = (Math.min(Date.now(), store.clock.now().getTime()) - 2 * DAY_MS) / 1000;
  for (const path of [part, orphan]) utimesSync(path, longAgo, longAgo);
  const later = (store.clock.now().getTime() + 400 * DAY_MS) / 1000;
  utimesSync(fresh, later, later);
  await advance(store, 23);
  expect([part, orphan].map((path) => existsSync(path))).toEqual([true, true]);
  await advance(store, 2);
  expect([part, orphan, fresh].map((path) => existsSync(path))).toEqual([false, false, true]);
  expect(await remembered()).toEqual(['old']);
  await store.clock.advance(29 * DAY_MS);
  await remember('young');
  await advance(store, 25);
  expect(await remembered()).toEqual(['young']);
  await retention.sweep.onApplicationShutdown();
  await store.dispose();
}, 60_000);

/** Hour by hour, and each sweep gets the time that its disk takes. */
async function advance(
  store: Awaited<ReturnType<ReturnType<typeof testDatabase>['open']>>,
  hours: number,
): Promise<void> {
  for (let hour = 0; hour < hours; hour += 1) {
    await store.clock.advance(DAY_MS / 24);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
