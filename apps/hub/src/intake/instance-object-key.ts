/** Where an instance lies in the object store: made of a digest only, and never the same twice, so that no file replaces another. */
import { createHash, randomUUID } from 'node:crypto';

export const INSTANCE_FOLDER = 'instances';

export function newInstanceObjectKey(centreId: string, sopInstanceUid: string): string {
  const digest = createHash('sha256').update(`${centreId}|${sopInstanceUid}|${randomUUID()}`).digest('hex');
  return `${INSTANCE_FOLDER}/${digest.slice(0, 2)}/${digest}`;
}
