/**
 * The published read model of storage commitments (PS3.4 Annex J): what the hub has promised a gateway to keep. Whoever
 * deletes stored objects asks first, inside the decision to delete.
 */
export const COMMITMENTS = Symbol('Commitments');

export interface Commitments {
  /** By instance id: until when it is promised. An instance without a standing promise is not in the map. */
  promisedUntil(instanceIds: readonly string[]): Promise<ReadonlyMap<string, Date>>;
}
