/**
 * The second criterion that every model has without declaring it: nothing was lost of the pixels by compression, which may
 * move an edge that a contour follows (PS3.3 C.7.6.1.1.5). A model that was validated on such images says so.
 */
import type { Judgement } from './compare';
import type { ObservedHeaders } from './observed';

/** As the criterion is listed. */
export const COMPRESSION_KEY = 'compression';

export function judgeCompression({ irreversiblyCompressed }: ObservedHeaders, accepts: boolean | undefined): Judgement {
  return {
    required: accepts === true ? 'any compression' : 'no irreversible compression',
    observed: irreversiblyCompressed ? 'irreversibly compressed' : 'not irreversibly compressed',
    outcome: irreversiblyCompressed && accepts !== true ? 'notMet' : 'met',
  };
}
