/**
 * The published read model of storage commitments (PS3.4 Annex J): what the hub has promised a gateway to keep. Whoever
 * deletes stored objects asks inside the transaction that deletes, so that a promise and a deletion cannot miss each other.
 */
import type { Outbox } from './ports';

export const COMMITMENTS = Symbol('Commitments');

export interface Commitments<Tx extends Outbox = Outbox> {
  /** By instance id: until when it is promised. An instance without a standing promise is not in the map. */
  promisedUntil(tx: Tx, instanceIds: readonly string[]): Promise<ReadonlyMap<string, Date>>;
}
