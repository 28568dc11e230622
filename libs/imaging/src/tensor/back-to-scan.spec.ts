import fc from 'fast-check';
import { hasVoxel } from '@modelbank/geometry';
import { labelsOnScan } from './back-to-scan';
import { anyCode, anyGrid } from './grids.fixture';
import {
  scanToTensorIndex,
  reorientedFrame,
  frameSize,
  voxelCount,
  withSize,
  withSpacing,
  Triple,
} from './tensor-frame';

describe('labelsOnScan', () => {
  it('decides every scan voxel by the scores interpolated at its own place', () => {
    const mm = fc.double({ min: 0.7, max: 4, noNaN: true });
    fc.assert(
      fc.property(anyGrid, anyCode, fc.tuple(mm, mm, mm), fc.integer(), (grid, code, spacing, seed) => {
        const frame = withSize(withSpacing(reorientedFrame(grid, code), spacing), [3, 4, 3]);
        const voxels = voxelCount(frame);
        const scores = Float32Array.from({ length: 2 * voxels }, (_, index) => Math.sin(seed + 7 * index));
        const [first, second, above] = labelsOnScan(scores, 2, frame, grid, [
          { type: 'argmax', channel: 0 },
          { type: 'argmax', channel: 1 },
          { type: 'threshold', channel: 1, above: 0.25 },
        ]);
        for (let k = 0; k < grid.origins.length; k++) {
          for (let j = 0; j < grid.rows; j++) {
            for (let i = 0; i < grid.columns; i++) {
              const at = scanToTensorIndex(frame, grid, [i, j, k]);
              const values = [0, 1].map((channel) =>
                interpolated(scores.subarray(channel * voxels), frameSize(frame), at),
              );
              const close = values.some((value) => value !== undefined && Math.abs(value - 0.25) < 1e-4);
              if (close || Math.abs((values[0] ?? 0) - (values[1] ?? 1)) < 1e-4) continue;
              const [a, b] = values;
              const outside = a === undefined || b === undefined;
              expect(hasVoxel(first, i, j, k)).toBe(!outside && a > b);
              expect(hasVoxel(second, i, j, k)).toBe(!outside && b > a);
              expect(hasVoxel(above, i, j, k)).toBe(!outside && b > 0.25);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a channel that the network does not have', () => {
    const [grid] = fc.sample(anyGrid, 1);
    const frame = reorientedFrame(grid, 'LPS');
    const scores = new Float32Array(voxelCount(frame));
    const ask = () => labelsOnScan(scores, 1, frame, grid, [{ type: 'threshold', channel: 1, above: 0 }]);
    expect(ask).toThrow(expect.objectContaining({ code: 'BAD_PLAN' }));
  });
});

/** Slow reference: trilinear with clamped edges, undefined outside the tensor. */
function interpolated(values: Float32Array, size: Triple, at: Triple): number | undefined {
  if (at.some((value, axis) => value < -0.5 - 1e-5 || value > size[axis] - 0.5 + 1e-5)) return undefined;
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    let weight = 1;
    const index = [0, 0, 0];
    for (let axis = 0; axis < 3; axis++) {
      const clamped = Math.max(0, Math.min(size[axis] - 1, at[axis]));
      const low = Math.min(Math.floor(clamped), Math.max(0, size[axis] - 2));
      const high = (corner >> axis) & 1;
      index[axis] = Math.min(size[axis] - 1, low + high);
      weight *= high ? clamped - low : 1 - (clamped - low);
    }
    sum += weight * values[(index[2] * size[1] + index[1]) * size[0] + index[0]];
  }
  return sum;
}
