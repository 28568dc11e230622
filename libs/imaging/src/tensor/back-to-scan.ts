/**
 * The network's scores on the scan's own voxels: the inverse of the tensor frame, slice by slice, so that memory stays bounded by one
 * slice per channel. Labels are decided on the scan grid, after the interpolation of scores, never by enlarging a small mask.
 */
import { Grid, Mask } from '@modelbank/geometry';
import { ImagingError } from '../imaging-error';
import { ScanAxis } from './orientation-code';
import { axisPositions, positionAt } from './scan-axis-positions';
import { AxisTable, axisTable, Interpolation, samplePlanes } from './separable-sampling';
import { frameSize, TensorFrame, voxelCount } from './tensor-frame';

/** Fills one slice (rows * columns values) with a channel's scores; outside the tensor it is -Infinity, which no label claims. */
export type SliceSampler = (slice: number, out: Float32Array) => void;

/** How a label is read from the channels: the strongest channel wins, or a channel lies above a value. */
export type LabelSource =
  | { readonly type: 'argmax'; readonly channel: number }
  | { readonly type: 'threshold'; readonly channel: number; readonly above: number };

export function sliceSampler(
  channel: Float32Array,
  frame: TensorFrame,
  grid: Grid,
  mode: Interpolation = 'linear',
): SliceSampler {
  if (channel.length !== voxelCount(frame)) {
    throw new ImagingError(
      'GEOMETRY_MISMATCH',
      `A channel has ${channel.length} voxels, the frame ${voxelCount(frame)}`,
    );
  }
  const tables = {
    x: tensorTable(frame, grid, 0, mode),
    y: tensorTable(frame, grid, 1, mode),
    z: tensorTable(frame, grid, 2, mode),
  };
  return (slice, out) => samplePlanes(channel, tables, out, -Infinity, slice, 1);
}

/** A channel on the whole scan grid: 4 bytes a voxel; prefer `labelsOnScan` where masks are wanted. */
export function backToScan(
  channel: Float32Array,
  frame: TensorFrame,
  grid: Grid,
  mode: Interpolation = 'linear',
  outside = 0,
): Float32Array {
  const sample = sliceSampler(channel, frame, grid, mode);
  const sliceLength = grid.rows * grid.columns;
  const scores = new Float32Array(sliceLength * grid.origins.length);
  for (let slice = 0; slice < grid.origins.length; slice++) {
    sample(slice, scores.subarray(slice * sliceLength, (slice + 1) * sliceLength));
  }
  for (let index = 0; index < scores.length; index++) if (scores[index] === -Infinity) scores[index] = outside;
  return scores;
}

/**
 * The masks of several labels from the channels of a network (channel c at `scores[c * voxels]`), on the scan grid. Argmax looks at
 * all channels, ties go to the lower one; a voxel outside the tensor belongs to no label.
 */
export function labelsOnScan(
  scores: Float32Array,
  channels: number,
  frame: TensorFrame,
  grid: Grid,
  sources: readonly LabelSource[],
  mode: Interpolation = 'linear',
): readonly Mask[] {
  const needsAll = sources.some((source) => source.type === 'argmax');
  const samplers = channelSamplers(scores, channels, frame, grid, sources, needsAll, mode);
  const sliceLength = grid.rows * grid.columns;
  const slices = samplers.map((sampler) => (sampler ? new Float32Array(sliceLength) : undefined));
  const strongest = new Int16Array(needsAll ? sliceLength : 0);
  const bits = sources.map(() => new Uint8Array(Math.ceil((sliceLength * grid.origins.length) / 8)));
  for (let slice = 0; slice < grid.origins.length; slice++) {
    samplers.forEach((sampler, channel) => sampler?.(slice, slices[channel] as Float32Array));
    if (needsAll) argmaxSlice(slices as Float32Array[], strongest);
    sources.forEach((source, label) => {
      const first = slice * sliceLength;
      if (source.type === 'argmax') setWhereEqual(bits[label], first, strongest, source.channel);
      else setWhereAbove(bits[label], first, slices[source.channel] as Float32Array, source.above);
    });
  }
  return bits.map((labelBits) => ({ grid, bits: labelBits }));
}

function channelSamplers(
  scores: Float32Array,
  channels: number,
  frame: TensorFrame,
  grid: Grid,
  sources: readonly LabelSource[],
  needsAll: boolean,
  mode: Interpolation,
): readonly (SliceSampler | undefined)[] {
  const voxels = voxelCount(frame);
  const bad = sources.find(({ channel }) => !(Number.isInteger(channel) && channel >= 0 && channel < channels));
  if (bad) throw new ImagingError('BAD_PLAN', `Channel ${bad.channel} is not one of ${channels}`);
  return Array.from({ length: channels }, (_, channel) =>
    needsAll || sources.some((source) => source.channel === channel)
      ? sliceSampler(scores.subarray(channel * voxels, (channel + 1) * voxels), frame, grid, mode)
      : undefined,
  );
}

function argmaxSlice(channels: readonly Float32Array[], strongest: Int16Array): void {
  for (let index = 0; index < strongest.length; index++) {
    let best = -1;
    let bestScore = -Infinity;
    for (let channel = 0; channel < channels.length; channel++) {
      const score = channels[channel][index];
      if (score > bestScore) {
        bestScore = score;
        best = channel;
      }
    }
    strongest[index] = best;
  }
}

function setWhereEqual(bits: Uint8Array, first: number, values: Int16Array, wanted: number): void {
  for (let index = 0; index < values.length; index++) {
    if (values[index] === wanted) bits[(first + index) >> 3] |= 1 << ((first + index) & 7);
  }
}

function setWhereAbove(bits: Uint8Array, first: number, values: Float32Array, above: number): void {
  for (let index = 0; index < values.length; index++) {
    if (values[index] > above) bits[(first + index) >> 3] |= 1 << ((first + index) & 7);
  }
}

function tensorTable(frame: TensorFrame, grid: Grid, scanAxis: ScanAxis, mode: Interpolation): AxisTable {
  const size = frameSize(frame);
  const along = frame.axes.findIndex((axis) => axis.scanAxis === scanAxis);
  const { startMm, stepMm } = frame.axes[along];
  const stride = [1, size[0], size[0] * size[1]][along];
  const positions = axisPositions(grid, scanAxis);
  return axisTable(
    positions.count,
    size[along],
    stride,
    mode,
    (index) => (positionAt(positions, index) - startMm) / stepMm,
  );
}
