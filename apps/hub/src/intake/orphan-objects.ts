/**
 * Objects without a row: the hub died between the rename and the commit, so nothing was acknowledged and the sender will
 * send again; or the database could not take the row. Removed at start-up, before the door opens, and once a day; an object
 * with a row is never touched.
 */
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { In } from 'typeorm';
import { CLOCK, OBJECT_STORE, READ_STORE } from '@modelbank/contracts';
import type { Clock, ObjectStore } from '@modelbank/contracts';
import { CONFIGURATION, LOGGER } from '@modelbank/platform';
import type { Configuration, HubLogger } from '@modelbank/platform';
import { InstanceEntity, InstanceRevisionEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { INSTANCE_FOLDER } from './instance-object-key';

const AT_ONCE = 500;
const DAY_MS = 86_400_000;

@Injectable()
export class OrphanObjects implements OnApplicationBootstrap {
  constructor(
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // where processes share the folder, another one may be about to commit: only old ones go
    const youngestMs = this.configuration.database.type === 'sqlite' ? 0 : DAY_MS;
    const removed = await this.removeOrphans(youngestMs);
    if (removed > 0) this.logger.info('objects without a row were removed', { stage: 'intake', count: removed });
  }

  /** Those that are older; says how many there were. */
  async removeOrphans(youngestMs = DAY_MS): Promise<number> {
    const before = this.clock.now().getTime() - youngestMs;
    let removed = 0;
    let piece: string[] = [];
    for await (const key of this.keys()) {
      piece.push(key);
      if (piece.length < AT_ONCE) continue;
      removed += await this.removeUnknown(piece, before);
      piece = [];
    }
    return removed + (await this.removeUnknown(piece, before));
  }

  /**
   * After the row of an object could not be written. A database of another process may have taken it all the same, so there
   * it waits for its day; without this, a sender that tries again and again would fill the disk meanwhile.
   */
  async removeRowless(key: string): Promise<void> {
    if (this.configuration.database.type === 'sqlite') await this.removeUnknown([key], Infinity);
  }

  private async removeUnknown(keys: readonly string[], before: number): Promise<number> {
    if (keys.length === 0) return 0;
    const named = { select: { objectKey: true }, where: { objectKey: In([...keys]) } } as const;
    const instances = await this.readStore.manager.find(InstanceEntity, named);
    const revisions = await this.readStore.manager.find(InstanceRevisionEntity, named);
    const known = new Set([...instances, ...revisions].map((row) => row.objectKey));
    let removed = 0;
    for (const key of keys) {
      if (known.has(key) || (await stat(this.objects.pathOf(key))).mtimeMs > before) continue;
      await this.objects.remove(key);
      removed += 1;
    }
    return removed;
  }

  private async *keys(): AsyncGenerator<string> {
    const folder = this.objects.pathOf(INSTANCE_FOLDER);
    for (const name of await namesIn(folder)) {
      for (const digest of await namesIn(join(folder, name))) yield `${INSTANCE_FOLDER}/${name}/${digest}`;
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(folder)) names.push(entry.name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  }
  return names;
}
