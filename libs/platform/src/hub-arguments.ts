/** How Node is started for a hub, wherever it is started from. */
import { compiledEntry } from './compiled-entry';

/**
 * Every 16 KB that TLS gives is a buffer outside the heap that lives until the next collection of the young generation. With
 * its default size (16 MiB) some hundred MB wait there while a large object arrives; with 1 MiB it is 16 MB, and the hub is
 * as fast (measured in test/bench/intake).
 */
const YOUNG_GENERATION = '--max-semi-space-size=1';

/** Arguments of `node` for a hub; `entry` is the source file of its process. */
export function hubArguments(entry = 'apps/hub/src/main.ts'): string[] {
  return [YOUNG_GENERATION, '--enable-source-maps', compiledEntry(entry)];
}
