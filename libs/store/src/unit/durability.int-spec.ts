/** `kill -9` between, before and after commits: what was said to be durable is there, and nothing is there by halves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { locationsOf } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { testStores, VirtualClock } from '@modelbank/testing';
import { openStore } from '../database/open-store';
import { JournalEntryEntity } from '../journal/journal.entity';
import { OutboxMessageEntity } from '../outbox/outbox.entity';

const TESTING = join(__dirname, '..', '..', '..', 'testing', 'src', 'databases');
const KILL_AFTER = [1, 7, 20];

/** The last number that the writer said before it was killed. */
async function writeAndKill(configuration: Configuration, killAfter: number): Promise<number> {
  const { database, home } = configuration;
  const env = { ...process.env, MODELBANK_HOME: home, MODELBANK_DATABASE_TYPE: database.type };
  const child = spawn(process.execPath, [join(TESTING, 'run-from-source.cjs'), join(TESTING, 'endless-writer.ts')], {
    env: { ...env, ...(database.url === undefined ? {} : { MODELBANK_DATABASE_URL: database.url }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = Number(line);
    if (last === killAfter) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return last;
}

testStores('kill -9', (database) => {
  it.each(KILL_AFTER)(
    'after %i commits loses none of them and halves none',
    async (killAfter) => {
      const { configuration, drop } = await database.create();
      const said = await writeAndKill(configuration, killAfter);
      const parts = { clock: new VirtualClock(), broker: { wake: () => undefined } };
      const store = await openStore(configuration, parts);
      const written = await store.readStore.manager.findBy(JournalEntryEntity, { kind: 'test.written' });
      const numbers = written.map((entry) => Number(entry.subjectId)).sort((a, b) => a - b);
      expect(said).toBeGreaterThanOrEqual(killAfter);
      expect(numbers.length).toBeGreaterThanOrEqual(said);
      expect(numbers.length).toBeLessThanOrEqual(said + 1);
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      const events = await store.readStore.manager.find(OutboxMessageEntity);
      expect(
        events
          .map(({ envelope }) => Number((envelope.body as { inputSetId: string }).inputSetId))
          .sort((a, b) => a - b),
      ).toEqual(numbers);
      for (const number of numbers) {
        expect(await store.objects.read(`written/${number}`)).toEqual(Buffer.alloc(10_000, number % 256));
      }
      if (database.type === 'sqlite') {
        expect(await readdir(join(locationsOf(configuration).objects, '.parts'))).toEqual([]);
        expect(await store.sources.writer.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      }
      await store.close();
      await drop();
    },
    120_000,
  );
});
