/** The Dice coefficient (Dice 1945): how much two masks of one grid agree, 2 |A and B| / (|A| + |B|). */
import { countCommonVoxels, countVoxels, type Mask } from '@modelbank/geometry';

/** 0 to 1; `null` when both masks are empty, for then there is nothing to compare. */
export function dice(a: Mask, b: Mask): number | null {
  const voxels = countVoxels(a) + countVoxels(b);
  return voxels === 0 ? null : (2 * countCommonVoxels(a, b)) / voxels;
}
