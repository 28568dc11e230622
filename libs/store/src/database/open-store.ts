/**
 * Opens the store of a hub: the database is backed up, migrated and refused when a newer hub wrote it, and what an earlier
 * process left behind is cleared away. One call at start-up, one `close` at the end.
 */
import { HubError } from '@modelbank/contracts';
import type { Broker, Clock } from '@modelbank/contracts';
import { locationsOf } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { FolderObjectStore } from '../objects/folder-object-store';
import { OutboxRepository } from '../outbox/outbox.repository';
import type { ReadStore } from '../unit-of-work';
import { TypeOrmUnitOfWork } from '../unit/typeorm-unit-of-work';
import { connect, createDataSources } from './data-sources';
import type { DataSources } from './data-sources';
import { migrate } from './migrate';
import { lockHome } from './home-lock';
import { WalSync } from './wal-sync';

export interface Store {
  readonly sources: DataSources;
  readonly unitOfWork: TypeOrmUnitOfWork;
  readonly readStore: ReadStore;
  readonly objects: FolderObjectStore;
  readonly outbox: OutboxRepository;
  close(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** No broker repeats a message after so long. */
const REMEMBER_PROCESSED_MS = 30 * DAY_MS;

export async function openStore(configuration: Configuration, parts: { clock: Clock; broker: Broker }): Promise<Store> {
  const unlock = lockHome(configuration);
  const sources = createDataSources(configuration);
  const close = async () => {
    for (const source of [sources.reader, sources.writer]) if (source.isInitialized) await source.destroy();
    unlock();
  };
  try {
    await connect(sources.writer, sources.database);
    await migrate(sources.writer, configuration, parts.clock);
    await connect(sources.reader, sources.database);
    const store = assemble(configuration, sources, parts);
    await clearLeftovers(store, configuration, parts.clock);
    const closeAll = async (): Promise<void> => {
      await store.objects.close();
      await store.walSync?.close();
      await close();
    };
    return { ...store, close: closeAll };
  } catch (error) {
    await close().catch(() => undefined);
    throw error instanceof HubError
      ? error
      : new HubError('STORAGE_FAILED', 'the store cannot be opened', { cause: error });
  }
}

function assemble(configuration: Configuration, sources: DataSources, parts: { clock: Clock; broker: Broker }) {
  const { database } = locationsOf(configuration);
  const walSync = sources.database === 'sqlite' ? new WalSync(database) : undefined;
  const unitOfWork = new TypeOrmUnitOfWork(sources, parts.clock, parts.broker, walSync);
  const readStore: ReadStore = { manager: sources.reader.manager };
  const objects = new FolderObjectStore(locationsOf(configuration).objects);
  const outbox = new OutboxRepository(readStore, unitOfWork, parts.clock);
  return { sources, unitOfWork, readStore, objects, outbox, walSync };
}

/** An SQLite home has one process, so every part file there is a dead one's; elsewhere others may be writing. */
async function clearLeftovers(
  store: Pick<Store, 'objects' | 'outbox'>,
  configuration: Configuration,
  clock: Clock,
): Promise<void> {
  const alone = configuration.database.type === 'sqlite';
  await store.objects.removeAbandonedParts(alone ? 0 : DAY_MS);
  await store.outbox.forgetProcessed(new Date(clock.now().getTime() - REMEMBER_PROCESSED_MS));
}
