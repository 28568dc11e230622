import * as fc from 'fast-check';
import {
  addSliceRows,
  andMasks,
  andNotMasks,
  countCommonVoxels,
  countSlice,
  countSliceVoxels,
  countVoxels,
  createMask,
  GeometryError,
  hasVoxel,
  maskBox,
  maskByteLength,
  maskFromBits,
  masksEqual,
  maskVolumeMl,
  maskWhere,
  orMasks,
  setVoxel,
  sliceBox,
  sliceHas,
  sliceRows,
  type Grid,
  type Mask,
} from '.';

function gridOf(columns: number, rows: number, heights: readonly number[]): Grid {
  return {
    columns,
    rows,
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    normal: [0, 0, 1],
    columnSpacingMm: 2,
    rowSpacingMm: 0.5,
    origins: heights.map((z) => [0, 0, z] as const),
  };
}

const twoMasks = fc
  .record({
    columns: fc.integer({ min: 1, max: 70 }),
    rows: fc.integer({ min: 1, max: 9 }),
    slices: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ columns, rows, slices }) => {
    const grid = gridOf(
      columns,
      rows,
      Array.from({ length: slices }, (_, k) => k),
    );
    const voxels = fc.array(fc.integer({ min: 0, max: 3 }), {
      minLength: columns * rows * slices,
      maxLength: columns * rows * slices,
    });
    return voxels.map((values) => ({ grid, values }));
  });
const built = ({ grid, values }: { grid: Grid; values: number[] }): [Mask, Mask] => [
  maskWhere(grid, (index) => (values[index] & 1) === 1),
  maskWhere(grid, (index) => (values[index] & 2) === 2),
];

describe('masks', () => {
  it('combine voxel by voxel, whatever the number of columns', () => {
    fc.assert(
      fc.property(twoMasks, (sample) => {
        const [a, b] = built(sample);
        const counted = (test: (value: number) => boolean) => sample.values.filter(test).length;
        expect(countVoxels(a)).toBe(counted((value) => (value & 1) === 1));
        expect(countVoxels(andMasks(a, b))).toBe(counted((value) => value === 3));
        expect(countCommonVoxels(a, b)).toBe(counted((value) => value === 3));
        expect(countVoxels(orMasks(a, b))).toBe(counted((value) => value > 0));
        expect(countVoxels(andNotMasks(a, b))).toBe(counted((value) => value === 1));
        expect(masksEqual(a, b)).toBe(counted((value) => value === 1 || value === 2) === 0);
        expect(masksEqual(orMasks(andMasks(a, b), andNotMasks(a, b)), a)).toBe(true);
      }),
    );
  });

  it('give the same slices and boxes as voxel by voxel, at any place in memory', () => {
    fc.assert(
      fc.property(twoMasks, fc.integer({ min: 0, max: 3 }), (sample, shift) => {
        const [aligned] = built(sample);
        const moved = new Uint8Array(aligned.bits.length + shift).subarray(shift);
        moved.set(aligned.bits);
        const mask = { grid: aligned.grid, bits: moved };
        const { columns, rows, origins } = mask.grid;
        const copy = createMask(mask.grid);
        const set: number[][] = [];
        origins.forEach((_, k) => {
          const slice = sliceRows(mask, k);
          for (let j = 0; j < rows; j++)
            for (let i = 0; i < columns; i++) if (sliceHas(slice, i, j)) set.push([i, j, k]);
          expect(countSlice(slice)).toBe(countSliceVoxels(mask, k));
          addSliceRows(copy, k, slice);
        });
        expect(set).toHaveLength(countVoxels(mask));
        expect(set.every(([i, j, k]) => hasVoxel(mask, i, j, k))).toBe(true);
        expect(masksEqual(copy, mask)).toBe(true);
        const along = (axis: number) => set.map((voxel) => voxel[axis]);
        const box =
          set.length === 0
            ? null
            : {
                first: [0, 1, 2].map((axis) => Math.min(...along(axis))),
                last: [0, 1, 2].map((axis) => Math.max(...along(axis))),
              };
        expect(maskBox(mask)).toEqual(box);
      }),
    );
  });

  it('set and read single voxels', () => {
    const mask = createMask(gridOf(33, 5, [0, 1]));
    setVoxel(mask, 32, 4, 1);
    expect([
      hasVoxel(mask, 32, 4, 1),
      hasVoxel(mask, 31, 4, 1),
      hasVoxel(mask, 33, 4, 1),
      hasVoxel(mask, 0, 0, -1),
    ]).toEqual([true, false, false, false]);
    expect(sliceBox(sliceRows(mask, 0))).toBeNull();
    expect(() => setVoxel(mask, 33, 0, 0)).toThrow(GeometryError);
  });

  it('have a volume by the slab rule', () => {
    const full = (heights: readonly number[]) => maskWhere(gridOf(10, 10, heights), () => true);
    expect(maskVolumeMl(full([0, 3, 6]))).toBeCloseTo((100 * 1 * 9) / 1000, 12);
    expect(maskVolumeMl(full([0, 3, 7]))).toBeCloseTo((100 * (3 + 3.5 + 4)) / 1000, 12);
    expect(maskVolumeMl(createMask(gridOf(10, 10, [0, 3])))).toBe(0);
    expect(() => maskVolumeMl(full([0]))).toThrow(GeometryError);
  });

  it('take bits that fit and no others', () => {
    const grid = gridOf(3, 3, [0]);
    expect(maskByteLength(grid)).toBe(2);
    expect(countVoxels(maskFromBits(grid, Uint8Array.of(0xff, 0x01)))).toBe(9);
    expect(() => maskFromBits(grid, Uint8Array.of(0xff))).toThrow(GeometryError);
    expect(() => maskFromBits(grid, Uint8Array.of(0xff, 0x02))).toThrow(GeometryError);
    expect(() => andMasks(createMask(grid), createMask(gridOf(9, 1, [0])))).toThrow(GeometryError);
  });
});
