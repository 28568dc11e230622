/** What the dictionary (PS3.6) says of one data element. */
import type { Vr } from '../value-representations';

export interface ElementDefinition<V extends Vr = Vr> {
  /** `0xggggeeee`. */
  readonly tag: number;
  readonly vr: V;
  /** Value multiplicity: `1`, `2`, `1-n`, `2-n`, `3-3n`, ... */
  readonly vm: string;
}

export function element<V extends Vr>(tag: number, vr: V, vm: string): ElementDefinition<V> {
  return { tag: tag >>> 0, vr, vm };
}
