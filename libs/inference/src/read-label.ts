/** Reads a label file back, refusing one that is not the one that the child wrote. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '@modelbank/contracts';
import type { LabelFile } from '@modelbank/contracts';
import { maskFromBits } from '@modelbank/geometry';
import type { Grid, Mask } from '@modelbank/geometry';

/** The mask of a label on the scan's grid. */
export async function readLabel(folder: string, label: LabelFile, grid: Grid): Promise<Mask> {
  const bits = await readFile(join(folder, label.file));
  const digest = createHash('sha256').update(bits).digest('hex');
  if (digest !== label.sha256) throw new HubError('OBJECT_CORRUPT', `label "${label.name}" no longer has its SHA-256`);
  return maskFromBits(grid, new Uint8Array(bits));
}
