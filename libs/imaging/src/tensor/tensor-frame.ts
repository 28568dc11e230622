/**
 * Where the voxels of a network's tensor lie in the scan. Reorienting, cropping, resampling and padding only change this small value;
 * the voxels are sampled once, at the end, and the way back to the scan is its exact inverse.
 */
import { Grid, Vec3, voxelToPatient } from '@modelbank/geometry';
import { ImagingError } from '../imaging-error';
import { nearestAxes, ScanAxis } from './orientation-code';
import { axisPositions, indexAt, positionAt } from './scan-axis-positions';

export type Triple = readonly [number, number, number];

/** Tensor index t of this axis lies `startMm + t * stepMm` from the centre of scan index 0, along the scan axis. */
export interface FrameAxis {
  readonly scanAxis: ScanAxis;
  readonly size: number;
  readonly startMm: number;
  /** Negative where the tensor runs against the scan's axis. */
  readonly stepMm: number;
}

/** Axes x, y, z of the tensor; voxel index = (z * size.y + y) * size.x + x. */
export interface TensorFrame {
  readonly axes: readonly [FrameAxis, FrameAxis, FrameAxis];
}

/** First and last scan index to keep, along columns, rows and slices. */
export interface ScanBox {
  readonly first: Triple;
  readonly last: Triple;
}

/** The scan's own voxels with axes permuted and flipped to the nearest match of the code. */
export function reorientedFrame(grid: Grid, code: string): TensorFrame {
  return {
    axes: mapTriple(nearestAxes(grid, code), ({ scanAxis, sign }) => {
      const { count, spacingMm } = axisPositions(grid, scanAxis);
      return { scanAxis, size: count, startMm: sign > 0 ? 0 : (count - 1) * spacingMm, stepMm: sign * spacingMm };
    }),
  };
}

/** The same extent in voxels of another size, concentric; as many voxels as are needed to cover it. */
export function withSpacing(frame: TensorFrame, spacingMm: Triple): TensorFrame {
  return mapAxes(frame, (axis, index) => {
    const wanted = spacingMm[index];
    if (!(wanted > 0)) throw new ImagingError('BAD_PLAN', `Voxel size ${wanted} mm is not positive`);
    const own = Math.abs(axis.stepMm);
    if (Math.abs(wanted - own) < 1e-6 * own) return axis;
    const size = Math.max(1, Math.ceil((axis.size * own) / wanted - 0.01));
    const stepMm = Math.sign(axis.stepMm) * wanted;
    const centreMm = axis.startMm + ((axis.size - 1) / 2) * axis.stepMm;
    return { ...axis, size, stepMm, startMm: centreMm - ((size - 1) / 2) * stepMm };
  });
}

/** Crops or pads each axis, centred, to exactly this many voxels; of an odd difference the larger part is at the far end. */
export function withSize(frame: TensorFrame, size: Triple): TensorFrame {
  return mapAxes(frame, (axis, index) => {
    const wanted = size[index];
    if (!(Number.isInteger(wanted) && wanted > 0)) {
      throw new ImagingError('BAD_PLAN', `Size ${wanted} is not a whole number of voxels`);
    }
    const cut = axis.size - wanted;
    return shifted(axis, cut >= 0 ? Math.floor(cut / 2) : -Math.floor(-cut / 2), wanted);
  });
}

/** Pads each axis, centred, to at least this many voxels, so that a sliding window fits. */
export function withMinimumSize(frame: TensorFrame, minimum: Triple): TensorFrame {
  return withSize(
    frame,
    mapTriple(frame.axes, (axis, index) => Math.max(axis.size, minimum[index])),
  );
}

/** Pads each axis, centred, up to the next multiple. */
export function withMultipleOf(frame: TensorFrame, multiple: number): TensorFrame {
  return withSize(
    frame,
    mapTriple(frame.axes, (axis) => Math.ceil(axis.size / multiple) * multiple),
  );
}

/** Keeps the tensor voxels from the one nearest the box's first scan voxel to the one nearest its last, and a margin. */
export function croppedTo(frame: TensorFrame, grid: Grid, box: ScanBox, marginMm = 0): TensorFrame {
  return mapAxes(frame, (axis) => {
    const positions = axisPositions(grid, axis.scanAxis);
    const toTensor = (scanIndex: number) => (positionAt(positions, scanIndex) - axis.startMm) / axis.stepMm;
    const ends = [toTensor(box.first[axis.scanAxis]), toTensor(box.last[axis.scanAxis])];
    const margin = Math.ceil(marginMm / Math.abs(axis.stepMm) - 1e-9);
    const low = Math.max(0, Math.floor(Math.min(...ends) + 1e-6) - margin);
    const high = Math.min(axis.size - 1, Math.ceil(Math.max(...ends) - 1e-6) + margin);
    return shifted(axis, low, Math.max(1, high - low + 1));
  });
}

export function frameSize(frame: TensorFrame): Triple {
  return mapTriple(frame.axes, (axis) => axis.size);
}

export function voxelCount(frame: TensorFrame): number {
  return frame.axes.reduce((product, axis) => product * axis.size, 1);
}

/** Fractional scan index (i, j, k) of a (fractional) tensor index (x, y, z). */
export function tensorToScanIndex(frame: TensorFrame, grid: Grid, tensorIndex: Triple): Triple {
  const scanIndex: [number, number, number] = [0, 0, 0];
  frame.axes.forEach((axis, a) => {
    scanIndex[axis.scanAxis] = indexAt(axisPositions(grid, axis.scanAxis), axis.startMm + tensorIndex[a] * axis.stepMm);
  });
  return scanIndex;
}

/** Fractional tensor index (x, y, z) of a (fractional) scan index (i, j, k). */
export function scanToTensorIndex(frame: TensorFrame, grid: Grid, scanIndex: Triple): Triple {
  return mapTriple(frame.axes, (axis) => {
    const mm = positionAt(axisPositions(grid, axis.scanAxis), scanIndex[axis.scanAxis]);
    return (mm - axis.startMm) / axis.stepMm;
  });
}

/** The patient point (LPS, mm) of a (fractional) tensor index. */
export function tensorToPatient(frame: TensorFrame, grid: Grid, tensorIndex: Triple): Vec3 {
  return voxelToPatient(grid, tensorToScanIndex(frame, grid, tensorIndex));
}

function shifted(axis: FrameAxis, by: number, size: number): FrameAxis {
  return { ...axis, size, startMm: axis.startMm + by * axis.stepMm };
}

function mapAxes(frame: TensorFrame, change: (axis: FrameAxis, index: number) => FrameAxis): TensorFrame {
  return { axes: mapTriple(frame.axes, change) };
}

function mapTriple<A, B>(triple: readonly [A, A, A], map: (value: A, index: number) => B): readonly [B, B, B] {
  return [map(triple[0], 0), map(triple[1], 1), map(triple[2], 2)];
}
