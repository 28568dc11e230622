/** The smallest box of scan voxels that holds everything above a threshold. */
import { HounsfieldVolume } from '../decode/to-hounsfield';
import { ScanBox } from './tensor-frame';

/** Undefined where no voxel lies above the threshold. */
export function boxAbove({ grid, voxels }: HounsfieldVolume, threshold: number): ScanBox | undefined {
  const { columns, rows } = grid;
  const low = [columns, rows, grid.origins.length];
  const high = [-1, -1, -1];
  for (let row = 0; row < rows * grid.origins.length; row++) {
    const start = row * columns;
    let first = 0;
    while (first < columns && !(voxels[start + first] > threshold)) first++;
    if (first === columns) continue;
    let last = columns - 1;
    while (!(voxels[start + last] > threshold)) last--;
    const index = [first, row % rows, Math.floor(row / rows)];
    for (let axis = 0; axis < 3; axis++) low[axis] = Math.min(low[axis], index[axis]);
    high[0] = Math.max(high[0], last);
    high[1] = Math.max(high[1], index[1]);
    high[2] = index[2];
  }
  return high[0] < 0 ? undefined : { first: [low[0], low[1], low[2]], last: [high[0], high[1], high[2]] };
}
