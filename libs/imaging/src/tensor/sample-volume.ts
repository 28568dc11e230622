/** The voxels of a tensor frame, read from the scan. */
import { Grid } from '@modelbank/geometry';
import { AIR_HU, HounsfieldVolume } from '../decode/to-hounsfield';
import { axisPositions, indexAt } from './scan-axis-positions';
import { AxisTable, axisTable, Interpolation, samplePlanes } from './separable-sampling';
import { FrameAxis, reorientedFrame, TensorFrame, Triple, voxelCount, withSpacing } from './tensor-frame';

/** Voxels in tensor order (x fastest) with the frame that says where they lie. */
export interface Tensor {
  readonly frame: TensorFrame;
  readonly voxels: Float32Array;
}

/** Reads the scan at every voxel of the frame; outside the scan it is `paddingValue`. */
export function sampleVolume(
  volume: HounsfieldVolume,
  frame: TensorFrame,
  mode: Interpolation = 'linear',
  paddingValue = AIR_HU,
): Tensor {
  const [x, y, z] = frame.axes.map((axis) => scanTable(volume.grid, axis, mode));
  const voxels = new Float32Array(voxelCount(frame));
  samplePlanes(volume.voxels, { x, y, z }, voxels, paddingValue, 0, frame.axes[2].size);
  return { frame, voxels };
}

/** The scan's own voxels, axes permuted and flipped to the nearest match of the code: nothing is interpolated. */
export function reorient(volume: HounsfieldVolume, code: string): Tensor {
  return sampleVolume(volume, reorientedFrame(volume.grid, code));
}

/** Reoriented to the code and resampled to the voxel size. */
export function resample(volume: HounsfieldVolume, code: string, spacingMm: Triple, mode: Interpolation): Tensor {
  return sampleVolume(volume, withSpacing(reorientedFrame(volume.grid, code), spacingMm), mode);
}

/** First tensor index inside the scan and one past the last, per axis; the rest of the tensor is padding. */
export function insideBox(frame: TensorFrame, grid: Grid): { readonly first: Triple; readonly end: Triple } {
  const spans = frame.axes.map((axis) => {
    const { weight } = scanTable(grid, axis, 'nearest');
    const first = weight.findIndex((w) => w >= 0);
    return first < 0 ? [0, 0] : [first, weight.findLastIndex((w) => w >= 0) + 1];
  });
  return { first: [spans[0][0], spans[1][0], spans[2][0]], end: [spans[0][1], spans[1][1], spans[2][1]] };
}

function scanTable(grid: Grid, axis: FrameAxis, mode: Interpolation): AxisTable {
  const positions = axisPositions(grid, axis.scanAxis);
  const stride = [1, grid.columns, grid.columns * grid.rows][axis.scanAxis];
  return axisTable(axis.size, positions.count, stride, mode, (index) =>
    indexAt(positions, axis.startMm + index * axis.stepMm),
  );
}
