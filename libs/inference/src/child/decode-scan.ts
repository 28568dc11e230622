/**
 * Instances of one series become one Hounsfield volume on the grid of their headers (PS3.3 C.7.6.2.1.1), slice by slice, so that
 * the frames of a series are never held twice.
 */
import { HubError } from '@modelbank/contracts';
import { readInstanceHeader, readPixelDescription, readPixelFrames } from '@modelbank/dicom';
import type { PixelDescription } from '@modelbank/dicom';
import { gridFromSlices } from '@modelbank/geometry';
import type { Grid, GridFound, SliceGeometry } from '@modelbank/geometry';
import { decodeFrame, rescaleSlice, volumeArray } from '@modelbank/imaging';
import type { FrameCodec, HounsfieldVolume } from '@modelbank/imaging';

/** readPixelFrames gives native frames in this order of bytes, whatever the file had. */
const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Slice distances were judged by assembly, where a person may have overruled a gap; everything else is judged again. */
const ANY_SPACING = { spacingMm: Number.MAX_VALUE };

/**
 * Decodes whole Part-10 files given in any order. With `slicesOf` only the slices that it names are decoded, by index in the
 * grid; the voxels of the others stay 0 and must not be looked at.
 */
export async function decodeScan(
  instances: readonly Uint8Array[],
  slicesOf?: (grid: Grid) => ReadonlySet<number>,
): Promise<HounsfieldVolume> {
  const { grid, order } = gridOf(instances);
  const sorted = order.map((index) => instances[index]);
  const descriptions = sorted.map((bytes) => readPixelDescription(bytes));
  requireHounsfield(descriptions);
  const codec = descriptions.some(({ transferSyntax }) => transferSyntax.encapsulated) ? await openCodec() : undefined;
  const sliceLength = grid.rows * grid.columns;
  const voxels = volumeArray(descriptions, sliceLength * sorted.length);
  const wanted = slicesOf?.(grid);
  sorted.forEach((bytes, slice) => {
    if (wanted?.has(slice) === false) return;
    const pixels = storedPixels(bytes, descriptions[slice], codec);
    rescaleSlice(pixels, descriptions[slice], voxels, slice * sliceLength);
  });
  return { grid, voxels } as HounsfieldVolume;
}

/** Without a rescale, or in another unit (a spectral CT's iodine or Z_EFF), every threshold and network would see other tissue. */
function requireHounsfield(descriptions: readonly PixelDescription[]): void {
  const other = descriptions.filter(({ rescaleUnit }) => rescaleUnit !== 'HU').length;
  if (other === 0) return;
  const sentence = `${other} of ${descriptions.length} slices are not in Hounsfield units: no rescale, or another RescaleType`;
  throw new HubError('SERIES_NOT_USABLE', sentence);
}

/** The codecs are loaded only where a series needs them. */
async function openCodec(): Promise<FrameCodec> {
  const { createFrameCodec } = await import('../frame-codec');
  return createFrameCodec();
}

function gridOf(instances: readonly Uint8Array[]): GridFound {
  const found = gridFromSlices(instances.map(sliceGeometry), ANY_SPACING);
  if (found.problem !== undefined) {
    throw new HubError('SERIES_NOT_USABLE', `the slices are no regular volume: ${found.sentence}`);
  }
  return found;
}

function sliceGeometry(bytes: Uint8Array): SliceGeometry {
  const header = readInstanceHeader(bytes);
  if ((header.numberOfFrames ?? 1) !== 1) {
    throw new HubError('SERIES_NOT_USABLE', `an instance has ${header.numberOfFrames} frames; one slice each is read`);
  }
  return { ...header, gantryTilt: header.gantryTiltDegrees };
}

function storedPixels(bytes: Uint8Array, description: PixelDescription, codec: FrameCodec | undefined) {
  const { transferSyntax } = description;
  const [frame] = readPixelFrames(bytes);
  const syntaxOfFrame = transferSyntax.encapsulated ? transferSyntax.uid : EXPLICIT_VR_LITTLE_ENDIAN;
  return decodeFrame(description, frame, syntaxOfFrame, codec);
}
