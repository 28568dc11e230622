/** Volumes from instances as senders make them: each slice with its own rescale, padding, any order, and dcmtk's encodings. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSet } from '@modelbank/dicom';
import type { Grid, Vec3 } from '@modelbank/geometry';
import { storeSeries } from '../../test-support/stored-series';
import { decodeScan } from './decode-scan';
import { hasTool, itWhen } from '@modelbank/testing';

const GRID: Grid = {
  columns: 16,
  rows: 12,
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  normal: [0, 0, 1],
  columnSpacingMm: 2,
  rowSpacingMm: 2,
  origins: [0, 1, 2, 3].map((k): Vec3 => [-10, -20, 2.5 * k]),
};
const slice = (k: number) => Int16Array.from({ length: 192 }, (_, at) => 100 * k + ((at * 37) % 90) - 500);

describe('decodeScan', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'modelbank-decode-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('sorts slices by position and returns Hounsfield units on the grid', async () => {
    const files = storeSeries(join(folder, 'plain'), GRID, slice).map(({ path }) => readFileSync(path));
    const { grid, voxels } = await decodeScan(files);
    expect(grid).toEqual(GRID);
    expect(Array.from(voxels)).toEqual([0, 1, 2, 3].flatMap((k) => Array.from(slice(k))));
  });

  it('uses the rescale of each slice and turns padding into air', async () => {
    const files = storeSeries(join(folder, 'rescaled'), GRID, slice, (k) => ({
      RescaleSlope: k + 1,
      RescaleIntercept: -10 * k,
      PixelPaddingValue: 700,
      PixelData: new Uint16Array(192).fill(k === 2 ? 700 : 200),
    })).map(({ path }) => readFileSync(path));
    const { voxels } = await decodeScan(files);
    expect([0, 1, 2, 3].map((k) => voxels[192 * k])).toEqual([200, 390, -1024, 770]);
  });

  itWhen(hasTool('/usr/bin/dcmcrle'), 'dcmtk is not installed').each<[string, string, string[]]>([
    ['RLE', 'dcmcrle', []],
    ['JPEG-LS', 'dcmcjpls', []],
    ['JPEG lossless, selection value 1', 'dcmcjpeg', ['--encode-lossless-sv1']],
    ['big endian', 'dcmconv', ['--write-xfer-big']],
    ['implicit VR', 'dcmconv', ['--write-xfer-implicit']],
  ])('decodes %s to the same voxels', async (name, tool, options) => {
    const files = storeSeries(join(folder, name), GRID, slice).map(({ path }) => {
      execFileSync(tool, [...options, path, `${path}.out`]);
      return readFileSync(`${path}.out`);
    });
    const { voxels } = await decodeScan(files);
    expect(Array.from(voxels)).toEqual([0, 1, 2, 3].flatMap((k) => Array.from(slice(k))));
  });

  it('takes a gap as it is: whether it may be used was decided before', async () => {
    const files = storeSeries(join(folder, 'gap'), GRID, slice).map(({ path }) => readFileSync(path));
    const { grid, voxels } = await decodeScan(files.toSpliced(1, 1)); // stored last slice first
    const positions = grid.origins.flat();
    [0, 1, 3].flatMap((k) => GRID.origins[k]).forEach((mm, at) => expect(positions[at]).toBeCloseTo(mm, 6));
    expect(Array.from(voxels)).toEqual([0, 1, 3].flatMap((k) => Array.from(slice(k))));
  });

  it.each<[string, DataSet]>([
    ['no rescale', { RescaleSlope: undefined, RescaleIntercept: undefined }],
    ['half a rescale', { RescaleIntercept: undefined }],
    ['an iodine map', { RescaleType: 'MGML' }],
  ])('refuses a slice that is not in Hounsfield units: %s', async (what, change) => {
    const stored = storeSeries(join(folder, what), GRID, slice, (k) => (k === 2 ? change : { RescaleType: 'HU' }));
    await expect(decodeScan(stored.map(({ path }) => readFileSync(path)))).rejects.toMatchObject({
      code: 'SERIES_NOT_USABLE',
      message: expect.stringContaining('1 of 4 slices'),
    });
  });

  it('refuses slices that are no volume', async () => {
    const files = storeSeries(join(folder, 'none'), GRID, slice).map(({ path }) => readFileSync(path));
    await expect(decodeScan(files.slice(0, 1))).rejects.toMatchObject({ code: 'SERIES_NOT_USABLE' });
    await expect(decodeScan([])).rejects.toMatchObject({ code: 'SERIES_NOT_USABLE' });
    await expect(decodeScan([...files, files[0]])).rejects.toMatchObject({ code: 'SERIES_NOT_USABLE' });
  });

  it('refuses pixels shorter than promised', async () => {
    const files = storeSeries(join(folder, 'short'), GRID, slice, (k) =>
      k === 1 ? { PixelData: new Uint16Array(100) } : {},
    ).map(({ path }) => readFileSync(path));
    await expect(decodeScan(files)).rejects.toMatchObject({ code: 'DECODING_FAILED' });
  });
});
