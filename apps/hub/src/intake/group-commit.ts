/**
 * Lets instances that wait at the same time share one commit: while a commit runs, what arrives is collected, and goes
 * into the next one together. A commit that fails is tried again one by one, so that one instance cannot fail another; not
 * where it failed for all of them alike (no room, no database), because each attempt may take its time.
 */
import { asHubError } from '@modelbank/contracts';

export interface GroupCommit<T, R> {
  /** Resolves when the item is committed. */
  add(item: T): Promise<R>;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
}

const FAILS_FOR_ALL: ReadonlySet<string> = new Set(['STORAGE_FULL', 'STORAGE_FAILED', 'DATABASE_UNAVAILABLE']);

/** `commit` takes the items in the order in which they came and returns one result for each, in the same order. */
export function groupCommit<T, R>(
  commit: (items: readonly T[]) => Promise<readonly R[]>,
  most = 64,
): GroupCommit<T, R> {
  const waiting: Waiting<T, R>[] = [];
  let running = false;

  async function commitOne(entry: Waiting<T, R>): Promise<void> {
    try {
      const [result] = await commit([entry.item]);
      entry.resolve(result);
    } catch (reason) {
      entry.reject(reason);
    }
  }

  async function commitTogether(entries: readonly Waiting<T, R>[]): Promise<void> {
    if (entries.length === 1) return commitOne(entries[0]);
    try {
      const results = await commit(entries.map((entry) => entry.item));
      entries.forEach((entry, index) => entry.resolve(results[index]));
    } catch (reason) {
      if (FAILS_FOR_ALL.has(asHubError(reason).code)) return entries.forEach((entry) => entry.reject(reason));
      for (const entry of entries) await commitOne(entry);
    }
  }

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) await commitTogether(waiting.splice(0, most));
    running = false;
  }

  return {
    add(item) {
      return new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (!running) void drain();
      });
    },
  };
}
