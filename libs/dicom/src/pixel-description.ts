/**
 * How the pixels of an instance are stored and what their values mean (PS3.3 C.7.6.3, C.11.1, C.11.2). Sizes are checked with
 * whole numbers of any length before anybody allocates by them.
 */
import { DicomError } from './dicom-error';
import type { ElementName, Keyword } from './dictionary/dictionary';
import { openPart10, type Part10Source } from './open-part10';
import type { ReadableDataSet } from './readable-data-set';
import type { TransferSyntax } from './transfer-syntaxes';

export interface WindowOfInterest {
  readonly center: number;
  readonly width: number;
}

export interface PixelDescription {
  readonly transferSyntax: TransferSyntax;
  readonly rows: number;
  readonly columns: number;
  readonly numberOfFrames: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  /** 0: R1G1B1R2..., 1: R1R2...G1G2...; only where there are several samples. */
  readonly planarConfiguration?: 0 | 1;
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  /** 1: two's complement. */
  readonly pixelRepresentation: 0 | 1;
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  /** What rescaled values are in: RescaleType, or HU where a rescale is stated without one (PS3.3 C.8.2.1); absent without a rescale. */
  readonly rescaleUnit?: string;
  /** Stored value that stands for "no image here", in the sign of PixelRepresentation (PS3.3 C.7.5.1.1.2). */
  readonly pixelPaddingValue?: number;
  readonly pixelPaddingRangeLimit?: number;
  readonly windows: readonly WindowOfInterest[];
  /** Bytes of one uncompressed frame; of 1-bit pixels rounded up. */
  readonly frameBytes: number;
}

/** What one frame must hold. */
export type FrameSize = Pick<PixelDescription, 'rows' | 'columns' | 'samplesPerPixel'> & {
  readonly bitsAllocated: number;
};

/** Uncompressed pixels of one instance. */
export const MAXIMUM_PIXEL_BYTES = 4n * 1024n * 1024n * 1024n;

/** Describes the pixels. Throws DECODING_FAILED when a value is missing or impossible. */
export function readPixelDescription(source: Part10Source): PixelDescription {
  const { dataSet, transferSyntax } = openPart10(source);
  const bitsAllocated = whole(dataSet, 'BitsAllocated', 1, 32) as PixelDescription['bitsAllocated'];
  if (![1, 8, 16, 32].includes(bitsAllocated)) throw unusable('BitsAllocated');
  const bitsStored = whole(dataSet, 'BitsStored', 1, bitsAllocated);
  const pixelRepresentation = whole(dataSet, 'PixelRepresentation', 0, 1) as 0 | 1;
  const samplesPerPixel = whole(dataSet, 'SamplesPerPixel', 1, 4, 1);
  const size = {
    rows: whole(dataSet, 'Rows', 1, 65535),
    columns: whole(dataSet, 'Columns', 1, 65535),
    numberOfFrames: whole(dataSet, 'NumberOfFrames', 1, 0x7fffffff, 1),
  };
  return {
    transferSyntax,
    ...size,
    samplesPerPixel,
    photometricInterpretation: dataSet.text('PhotometricInterpretation')?.toUpperCase() ?? 'MONOCHROME2',
    ...(samplesPerPixel > 1 && { planarConfiguration: whole(dataSet, 'PlanarConfiguration', 0, 1, 0) as 0 | 1 }),
    bitsAllocated,
    bitsStored,
    highBit: whole(dataSet, 'HighBit', bitsStored - 1, bitsAllocated - 1, bitsStored - 1),
    pixelRepresentation,
    rescaleSlope: finite(dataSet, 'RescaleSlope', 1),
    rescaleIntercept: finite(dataSet, 'RescaleIntercept', 0),
    rescaleUnit: rescaleUnit(dataSet),
    pixelPaddingValue: storedValue(dataSet, 'PixelPaddingValue', bitsAllocated, pixelRepresentation),
    pixelPaddingRangeLimit: storedValue(dataSet, 'PixelPaddingRangeLimit', bitsAllocated, pixelRepresentation),
    windows: windowsOf(dataSet),
    frameBytes: checkedFrameBytes(size, samplesPerPixel, bitsAllocated),
  };
}

function checkedFrameBytes(
  size: Pick<PixelDescription, 'rows' | 'columns' | 'numberOfFrames'>,
  samplesPerPixel: number,
  bitsAllocated: number,
): number {
  const frameBits = BigInt(size.rows) * BigInt(size.columns) * BigInt(samplesPerPixel) * BigInt(bitsAllocated);
  if (frameBits * BigInt(size.numberOfFrames) > MAXIMUM_PIXEL_BYTES * 8n) {
    throw new DicomError('DATASET_TOO_LARGE', 'the uncompressed pixels would take more than 4 GiB');
  }
  return Number((frameBits + 7n) / 8n);
}

function whole(dataSet: ReadableDataSet, keyword: Keyword, low: number, high: number, missing?: number): number {
  const value = dataSet.number(keyword) ?? missing;
  if (value === undefined || !Number.isInteger(value) || value < low || value > high) throw unusable(keyword);
  return value;
}

function finite(dataSet: ReadableDataSet, keyword: Keyword, missing: number): number {
  const value = dataSet.number(keyword) ?? missing;
  if (!Number.isFinite(value) || (keyword === 'RescaleSlope' && value === 0)) throw unusable(keyword);
  return value;
}

function rescaleUnit(dataSet: ReadableDataSet): string | undefined {
  const stated = dataSet.number('RescaleSlope') !== undefined && dataSet.number('RescaleIntercept') !== undefined;
  return stated ? (dataSet.text('RescaleType')?.trim().toUpperCase() ?? 'HU') : undefined;
}

/** Senders write it as US or SS, whatever PixelRepresentation says; the bits are meant. */
function storedValue(
  dataSet: ReadableDataSet,
  name: ElementName,
  bitsAllocated: number,
  pixelRepresentation: 0 | 1,
): number | undefined {
  const value = dataSet.number(name);
  if (value === undefined || !Number.isInteger(value)) return undefined;
  const range = 2 ** Math.min(bitsAllocated, 16);
  if (pixelRepresentation === 1) return value >= range / 2 ? value - range : value;
  return value < 0 ? value + range : value;
}

function windowsOf(dataSet: ReadableDataSet): WindowOfInterest[] {
  const widths = dataSet.numbers('WindowWidth');
  return dataSet
    .numbers('WindowCenter')
    .map((center, index) => ({ center, width: widths[index] ?? NaN }))
    .filter(({ center, width }) => Number.isFinite(center) && width > 0);
}

const unusable = (keyword: string) => new DicomError('DECODING_FAILED', `${keyword} is missing or cannot be used`);
