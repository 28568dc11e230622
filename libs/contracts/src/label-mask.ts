/** The mask in the bytes of a label file, refused when they are not the ones that the inference child wrote. */
import { createHash } from 'node:crypto';
import { maskFromBits } from '@modelbank/geometry';
import type { Grid, Mask } from '@modelbank/geometry';
import { HubError } from './errors';
import type { LabelFile } from './inference-job';

/** The mask of a label on the scan's grid. Throws OBJECT_CORRUPT. */
export function labelMask(bits: Uint8Array, label: Pick<LabelFile, 'name' | 'sha256'>, grid: Grid): Mask {
  const digest = createHash('sha256').update(bits).digest('hex');
  if (digest !== label.sha256) throw new HubError('OBJECT_CORRUPT', `label "${label.name}" no longer has its SHA-256`);
  return maskFromBits(grid, new Uint8Array(bits));
}
