/** Where an instance lies in the object store: made of digests only, and the same again when the same file comes again. */
import { createHash } from 'node:crypto';

export const INSTANCE_FOLDER = 'instances';

/**
 * The content decides too, so that a file can never replace another one under its key. What comes again after its object was
 * deleted (at `afterDeletionAt`) gets another key: the deletion of the first may still be on its way to the disk.
 */
export function instanceObjectKey(
  centreId: string,
  sopInstanceUid: string,
  objectSha256: string,
  afterDeletionAt?: Date,
): string {
  const parts = [centreId, sopInstanceUid, objectSha256];
  if (afterDeletionAt !== undefined) parts.push(afterDeletionAt.toISOString());
  const digest = createHash('sha256').update(parts.join('|')).digest('hex');
  return `${INSTANCE_FOLDER}/${digest.slice(0, 2)}/${digest}`;
}
