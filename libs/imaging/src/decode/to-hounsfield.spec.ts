import type { Grid } from '@modelbank/geometry';
import { RescaleFormat } from './pixel-format';
import { toHounsfield } from './to-hounsfield';

const grid = (slices: number): Grid => ({
  columns: 3,
  rows: 1,
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  normal: [0, 0, 1],
  columnSpacingMm: 1,
  rowSpacingMm: 1,
  origins: Array.from({ length: slices }, (_, k) => [0, 0, k] as const),
});

describe('toHounsfield', () => {
  it('uses the rescale of each slice', () => {
    const formats = [{ rescaleSlope: 1, rescaleIntercept: -1024 }, { rescaleSlope: 2, rescaleIntercept: 10 }, {}];
    const frames = formats.map(() => Int16Array.of(0, 1000, 24));
    const { voxels } = toHounsfield(frames, formats, grid(3));
    expect(voxels).toBeInstanceOf(Int16Array);
    expect(Array.from(voxels)).toEqual([-1024, -24, -1000, 10, 2010, 58, 0, 1000, 24]);
  });

  it.each<[string, RescaleFormat, number[]]>([
    ['one padding value', { pixelPaddingValue: -2000, rescaleIntercept: 0 }, [-1024, -1999, 5]],
    ['a range', { pixelPaddingValue: -2000, pixelPaddingRangeLimit: -1990 }, [-1024, -1024, 5]],
    ['a range the other way round', { pixelPaddingValue: -1990, pixelPaddingRangeLimit: -2000 }, [-1024, -1024, 5]],
    ['padding is judged before the rescale', { pixelPaddingValue: 5, rescaleIntercept: -1 }, [-2001, -2000, -1024]],
  ])('turns padding into air: %s', (_name, format, expected) => {
    expect(Array.from(toHounsfield([Int16Array.of(-2000, -1999, 5)], [format], grid(1)).voxels)).toEqual(expected);
  });

  it('keeps fractions of a slope in Float32', () => {
    const { voxels } = toHounsfield(
      [Uint16Array.of(0, 3, 5)],
      [{ rescaleSlope: 0.5, rescaleIntercept: -0.25 }],
      grid(1),
    );
    expect(voxels).toBeInstanceOf(Float32Array);
    expect(Array.from(voxels)).toEqual([-0.25, 1.25, 2.25]);
  });

  it('clamps what Int16 cannot hold instead of wrapping it', () => {
    const { voxels } = toHounsfield([Uint16Array.of(0, 65535, 1)], [{ rescaleIntercept: -40000 }], grid(1));
    expect(Array.from(voxels)).toEqual([-32768, 25535, -32768]);
  });

  it('refuses frames that do not fit the grid', () => {
    expect(() => toHounsfield([Int16Array.of(1)], [{}], grid(1))).toThrow(
      expect.objectContaining({ code: 'GEOMETRY_MISMATCH' }),
    );
    expect(() => toHounsfield([], [], grid(1))).toThrow(expect.objectContaining({ code: 'GEOMETRY_MISMATCH' }));
  });
});
