/** Keys of objects become paths: only what the hub itself makes (hex, slashes, lower-case words) is a key. */
import { HubError } from '@modelbank/contracts';

const SEGMENT = '[a-z0-9](?:[a-z0-9-]*(?:\\.[a-z0-9-]+)*)';
const KEY = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);
const MAX_KEY_LENGTH = 128;
/** Folder of unfinished objects; no key may point into it. */
export const PARTS_FOLDER = '.parts';

/** Throws for anything else: empty segments, dots at the edges, `..`, upper case, backslashes. */
export function assertObjectKey(key: string): void {
  if (key.length > MAX_KEY_LENGTH || !KEY.test(key)) {
    throw new HubError('INTERNAL', 'a text that is not a key was used as the key of an object');
  }
}
