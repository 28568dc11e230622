/** The schema that migrations make, backups, and what a hub refuses to open. */
import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { locationsOf } from '@modelbank/platform';
import { testDatabase, testStores, VirtualClock } from '@modelbank/testing';
import { openStore } from './open-store';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const parts = () => ({ clock: new VirtualClock(), broker: { wake: () => undefined } });

testStores('schema', (database) => {
  it('is the one that the entities describe', async () => {
    const store = await database.open();
    const { upQueries } = await store.sources.writer.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await store.dispose();
  });

  it('is left alone when it is up to date', async () => {
    const store = await (await database.open()).reopen();
    const applied: unknown[] = await store.sources.reader.query('SELECT name FROM migrations');
    expect(applied).toHaveLength(store.sources.writer.migrations.length);
    expect(existsSync(locationsOf(store.configuration).backups)).toBe(false);
    await store.dispose();
  });

  it('of a newer release is refused, and nothing is changed', async () => {
    const { configuration, drop } = await database.create();
    const first = await openStore(configuration, parts());
    await first.sources.writer.query(
      "INSERT INTO migrations (timestamp, name) VALUES (1999999999999, 'FromTheFuture1')",
    );
    await first.close();
    await expect(openStore(configuration, parts())).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: 'a newer version of Modelbank has written this database',
    });
    await drop();
  });
});

testStores('hubs that start together', (database) => {
  it('migrate one after the other, or only one of them starts', async () => {
    const { configuration, drop } = await database.create();
    const starts = await Promise.allSettled([openStore(configuration, parts()), openStore(configuration, parts())]);
    const started = starts.filter((start) => start.status === 'fulfilled');
    expect(started).toHaveLength(database.type === 'sqlite' ? 1 : 2);
    for (const start of started) await start.value.close();
    await drop();
  });
});

describe('a home with SQLite', () => {
  const database = testDatabase('sqlite');

  it('has one hub at a time', async () => {
    const { configuration, drop } = await database.create();
    const first = await openStore(configuration, parts());
    await expect(openStore(configuration, parts())).rejects.toMatchObject({ code: 'CONFLICT' });
    await first.close();
    const second = await openStore(configuration, parts());
    await second.close();
    await drop();
  });

  it('is backed up, whole, before it is migrated', async () => {
    const { configuration, drop } = await database.create();
    const { database: file, backups } = locationsOf(configuration);
    const older = new Database(file);
    older.exec('CREATE TABLE migrations (id integer PRIMARY KEY, timestamp bigint, name varchar)');
    older.exec('CREATE TABLE kept (text varchar)');
    older.exec("INSERT INTO kept VALUES ('from before')");
    older.exec('CREATE TABLE instance (centreId varchar, studyInstanceUid varchar, seriesInstanceUid varchar)');
    older.exec("INSERT INTO migrations (timestamp, name) VALUES (1, 'FirstJourney1763800000000')");
    older.close();
    const { migrate } = await import('./migrate');
    const { connect, createDataSources } = await import('./data-sources');
    const { writer } = createDataSources(configuration);
    await connect(writer, 'sqlite');
    const next = { name: 'Next1763900000000', up: () => Promise.resolve(), down: () => Promise.resolve() };
    Object.assign(writer, { migrations: [...writer.migrations, next] });
    await migrate(writer, configuration, new VirtualClock('2026-02-03T04:05:06.789Z'));
    await writer.destroy();
    expect(await readdir(backups)).toEqual(['modelbank-2026-02-03T04-05-06-789Z.sqlite']);
    const backup = new Database(join(backups, 'modelbank-2026-02-03T04-05-06-789Z.sqlite'), { readonly: true });
    expect(backup.prepare('SELECT text FROM kept').all()).toEqual([{ text: 'from before' }]);
    expect(backup.prepare('SELECT name FROM migrations').all()).toEqual([{ name: 'FirstJourney1763800000000' }]);
    backup.close();
    await drop();
  });

  it('is written with full durability and read by a connection that cannot write', async () => {
    const store = await database.open();
    const pragma = async (name: string) =>
      Object.values((await store.sources.writer.query(`PRAGMA ${name}`))[0] as object)[0];
    expect(await pragma('journal_mode')).toBe('wal');
    // NORMAL: WalSync syncs the log after each commit (wal-sync.int-spec.ts)
    expect(await pragma('synchronous')).toBe(1);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('busy_timeout')).toBe(5000);
    await expect(store.sources.reader.query("DELETE FROM centre WHERE id = 'x'")).rejects.toThrow(/readonly/);
    await store.dispose();
  });

  it('that is not a database is refused with a code', async () => {
    const { configuration, drop } = await database.create();
    const { writeFile, mkdir } = await import('node:fs/promises');
    await mkdir(configuration.home, { recursive: true });
    await writeFile(locationsOf(configuration).database, 'this is a text file and not a database at all'.repeat(100));
    await expect(openStore(configuration, parts())).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await drop();
  });
});
