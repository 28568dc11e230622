/**
 * Stored values become Hounsfield units with each slice's own rescale (PS3.3 C.11.1.1.2). Padding (PS3.3 C.7.5.1.1.2) becomes air
 * before anything is computed from the volume, so that no statistic ever sees it.
 */
import { Grid, Volume } from '@modelbank/geometry';
import { ImagingError } from '../imaging-error';
import { RescaleFormat, StoredPixels } from './pixel-format';

export const AIR_HU = -1024;

export type HounsfieldVolume = Volume<Int16Array> | Volume<Float32Array>;

/**
 * Frames and formats in the order of the grid's slices. The volume is Int16 when every rescale has whole numbers, else Float32; values
 * beyond the range of Int16 are clamped to it.
 */
export function toHounsfield(
  frames: readonly StoredPixels[],
  formats: readonly RescaleFormat[],
  grid: Grid,
): HounsfieldVolume {
  const frameLength = grid.rows * grid.columns;
  if (frames.length !== grid.origins.length || formats.length !== frames.length) {
    throw new ImagingError('GEOMETRY_MISMATCH', `${frames.length} frames for ${grid.origins.length} slices`);
  }
  const voxels = volumeArray(formats, frameLength * frames.length);
  frames.forEach((frame, slice) => {
    if (frame.length !== frameLength) {
      throw new ImagingError(
        'GEOMETRY_MISMATCH',
        `Slice ${slice} has ${frame.length} pixels, ${frameLength} are needed`,
      );
    }
    rescaleSlice(frame, formats[slice], voxels, slice * frameLength);
  });
  return { grid, voxels } as HounsfieldVolume;
}

/** An empty volume of the right kind; with `rescaleSlice` it lets a caller decode slice by slice without holding all frames. */
export function volumeArray(formats: readonly RescaleFormat[], length: number): Int16Array | Float32Array {
  const whole = formats.every(
    (format) => Number.isInteger(format.rescaleSlope ?? 1) && Number.isInteger(format.rescaleIntercept ?? 0),
  );
  return whole ? new Int16Array(length) : new Float32Array(length);
}

/** Writes one slice in Hounsfield units at `offset` of the volume. */
export function rescaleSlice(
  frame: StoredPixels,
  format: RescaleFormat,
  voxels: Int16Array | Float32Array,
  offset: number,
): void {
  const slope = format.rescaleSlope ?? 1;
  const intercept = format.rescaleIntercept ?? 0;
  const [paddingLow, paddingHigh] = paddingRange(format);
  const clamps = voxels instanceof Int16Array;
  for (let index = 0; index < frame.length; index++) {
    const stored = frame[index];
    let value = stored * slope + intercept;
    if (stored >= paddingLow && stored <= paddingHigh) value = AIR_HU;
    else if (clamps) value = value < -32768 ? -32768 : value > 32767 ? 32767 : value;
    voxels[offset + index] = value;
  }
}

function paddingRange(format: RescaleFormat): readonly [number, number] {
  const value = format.pixelPaddingValue;
  if (value === undefined) return [Infinity, -Infinity];
  const limit = format.pixelPaddingRangeLimit ?? value;
  return [Math.min(value, limit), Math.max(value, limit)];
}
