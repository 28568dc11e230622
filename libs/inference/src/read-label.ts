/** Reads a label file back from the folder that the child wrote to. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labelMask } from '@modelbank/contracts';
import type { LabelFile } from '@modelbank/contracts';
import type { Grid, Mask } from '@modelbank/geometry';

/** The mask of a label on the scan's grid. Throws OBJECT_CORRUPT. */
export async function readLabel(folder: string, label: LabelFile, grid: Grid): Promise<Mask> {
  return labelMask(await readFile(join(folder, label.file)), label, grid);
}
