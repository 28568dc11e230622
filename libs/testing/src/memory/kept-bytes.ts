/** Memory that is still referenced: the resident size also counts garbage that nobody has collected yet, and flaps with the load. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects first; buffers outside the heap are counted. */
export function keptBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
