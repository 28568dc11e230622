/** Where an instance lies in the object store: made of digests only, and the same again when the same file comes again. */
import { createHash } from 'node:crypto';

export const INSTANCE_FOLDER = 'instances';

/** The content decides too, so that a file can never replace another one under its key. */
export function instanceObjectKey(centreId: string, sopInstanceUid: string, objectSha256: string): string {
  const digest = createHash('sha256').update(`${centreId}|${sopInstanceUid}|${objectSha256}`).digest('hex');
  return `${INSTANCE_FOLDER}/${digest.slice(0, 2)}/${digest}`;
}
