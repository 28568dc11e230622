/**
 * Makes commits of SQLite durable without holding up anybody. With `synchronous = FULL` SQLite itself syncs the write-ahead
 * log inside each COMMIT, on the hub's only thread. Here the connection runs with `synchronous = NORMAL`, which leaves out
 * exactly that sync (https://sqlite.org/wal.html, "Performance Considerations"), and the log is synced after the COMMIT and
 * before anyone is told, on another thread; commits that wait at the same time share one sync.
 */
import { open } from 'node:fs/promises';
import { HubError } from '@modelbank/contracts';

interface SyncedFile {
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export class WalSync {
  private file?: Promise<SyncedFile>;
  private running?: Promise<void>;
  private next?: Promise<void>;

  constructor(
    private readonly databasePath: string,
    private readonly openFile: (path: string, flags: string) => Promise<SyncedFile> = open,
  ) {}

  /** Resolves when everything committed before the call is on disk. */
  settle(): Promise<void> {
    if (this.running === undefined) return this.start();
    // the sync that runs now may have begun before the commit: the one after it covers it
    this.next ??= this.running.then(
      () => this.startNext(),
      () => this.startNext(),
    );
    return this.next;
  }

  async close(): Promise<void> {
    await this.running?.catch(() => undefined);
    await (await this.file)?.close();
  }

  private startNext(): Promise<void> {
    this.next = undefined;
    return this.start();
  }

  private start(): Promise<void> {
    const running = this.sync().finally(() => {
      if (this.running === running) this.running = undefined;
    });
    this.running = running;
    return running;
  }

  private async sync(): Promise<void> {
    try {
      const file = await (this.file ??= this.openFile(`${this.databasePath}-wal`, 'r+'));
      await file.datasync();
    } catch (cause) {
      this.file = undefined;
      throw new HubError('DATABASE_UNAVAILABLE', 'the log of the database could not be synced', { cause });
    }
  }
}
