import * as fc from 'fast-check';
import { gridFromSlices, type SliceGeometry } from '.';

const AXIAL = [1, 0, 0, 0, 1, 0] as const;

function slice(z: number, change: Partial<SliceGeometry> = {}): SliceGeometry {
  return {
    imagePositionPatient: [-100, -120, z],
    imageOrientationPatient: AXIAL,
    pixelSpacingMm: [0.9, 0.8],
    rows: 512,
    columns: 400,
    ...change,
  };
}
const stack = (...heights: number[]): SliceGeometry[] => heights.map((z) => slice(z));
const tilted = (degrees: number): SliceGeometry[] => {
  const radians = (degrees * Math.PI) / 180;
  return [0, 3, 6, 9].map((z) =>
    slice(z, { imageOrientationPatient: [1, 0, 0, 0, Math.cos(radians), Math.sin(radians)] }),
  );
};

describe('gridFromSlices', () => {
  it('sorts slices along the normal and says where each came from', () => {
    const result = gridFromSlices(stack(9, 3, 0, 6));
    expect(result.problem).toBeUndefined();
    if (result.problem) return;
    expect(result.order).toEqual([2, 1, 3, 0]);
    expect(result.grid.origins.map((origin) => origin[2])).toEqual([0, 3, 6, 9]);
    expect(result.grid).toMatchObject({ columns: 400, rows: 512, rowSpacingMm: 0.9, columnSpacingMm: 0.8 });
    expect(result.grid.normal).toEqual([0, 0, 1]);
  });

  it('ascends along row x column, also where that points to the feet', () => {
    const prone = [0, 3, 6].map((z) => slice(z, { imageOrientationPatient: [-1, 0, 0, 0, 1, 0] }));
    const result = gridFromSlices(prone);
    expect(result.grid?.normal).toEqual([0, 0, -1]);
    expect(result.grid?.origins.map((origin) => origin[2])).toEqual([6, 3, 0]);
  });

  it.each([
    ['no slice at all', [], 'tooFewSlices', { slices: 0 }],
    ['one slice', stack(0), 'tooFewSlices', { slices: 1 }],
    [
      'a slice without position',
      [slice(0), slice(3, { imagePositionPatient: undefined })],
      'missingGeometry',
      { missing: 1 },
    ],
    ['a position that is no number', [slice(0), slice(Number.NaN)], 'missingGeometry', { missing: 1, slices: 2 }],
    ['a pixel spacing of zero', [slice(0), slice(3, { pixelSpacingMm: [0, 1] })], 'missingGeometry', { missing: 1 }],
    [
      'directions that are not perpendicular',
      [slice(0, { imageOrientationPatient: [1, 0, 0, 0.1, 1, 0] }), slice(3)],
      'nonOrthonormal',
      {},
    ],
    [
      'directions of length zero',
      [slice(0, { imageOrientationPatient: [0, 0, 0, 0, 0, 0] }), slice(3)],
      'nonOrthonormal',
      { departure: 1 },
    ],
    [
      'a sagittal scout among axial slices',
      [...stack(0, 3), slice(6, { imageOrientationPatient: [0, 1, 0, 0, 0, -1] })],
      'mixedOrientations',
      { difference: 1 },
    ],
    ['a slice of another size', [...stack(0, 3), slice(6, { rows: 256 })], 'mixedSizes', { otherRows: 256 }],
    [
      'a slice of another pixel spacing',
      [...stack(0, 3), slice(6, { pixelSpacingMm: [0.9, 0.81] })],
      'mixedSpacing',
      {},
    ],
    ['two slices at one position', stack(0, 3, 3, 6), 'duplicatePosition', { pairs: 1, slices: 4 }],
    ['two acquisitions of the same slices', stack(0, 3, 6, 0, 3, 6), 'duplicatePosition', { pairs: 3 }],
    ['one missing slice', stack(0, 3, 6, 12, 15), 'gap', { missingSlices: 1, gaps: 1, medianMm: 3, largestMm: 6 }],
    ['one missing slice of four', stack(0, 3, 9), 'gap', { missingSlices: 1 }],
    ['two gaps of different size', stack(0, 3, 9, 12, 21, 24, 27), 'gap', { missingSlices: 3, gaps: 2 }],
    ['changing spacing', stack(0, 3, 6, 11, 16), 'nonUniformSpacing', { smallestMm: 3, largestMm: 5 }],
    ['one slice moved by 0.3 mm', stack(0, 3, 6.3, 9, 12), 'nonUniformSpacing', {}],
    ['a gap beside changed spacing', stack(0, 3, 6, 12, 16), 'nonUniformSpacing', {}],
    ['a tilted gantry without the tag', tilted(12), 'gantryTilt', { degrees: 12 }],
    ['a gantry tilt of two degrees', tilted(2), 'gantryTilt', { degrees: 2 }],
    [
      'the tag alone',
      [slice(0, { gantryTilt: -15 }), slice(3, { gantryTilt: -15 })],
      'gantryTilt',
      { statedDegrees: 15 },
    ],
  ] as const)('finds %s', (_, slices, problem, observed) => {
    const result = gridFromSlices(slices);
    expect(result.problem).toBe(problem);
    if (!result.problem) return;
    for (const [name, value] of Object.entries(observed)) expect(result.observed[name]).toBeCloseTo(value, 6);
    expect(result.sentence).toMatch(/\d/);
  });

  it.each([
    ['spacing within 1 %', stack(0, 5.04, 10, 15)],
    ['spacing within 0.05 mm', stack(0, 1.04, 2, 3)],
    [
      'directions rounded to four decimals',
      [0, 3].map((z) => slice(z, { imageOrientationPatient: [0.9999, 0.0001, 0, 0, 1, 0] })),
    ],
    ['a stated tilt of nearly zero', [slice(0, { gantryTilt: 0.01 }), slice(3)]],
    ['a tilt that is no number', [slice(0, { gantryTilt: Number.NaN }), slice(3)]],
  ])('accepts %s', (_, slices) => {
    expect(gridFromSlices(slices).problem).toBeUndefined();
  });

  it('takes other tolerances', () => {
    expect(gridFromSlices(stack(0, 3, 6, 11), { spacingMm: 3 }).problem).toBeUndefined();
    expect(gridFromSlices(stack(0, 3, 6.04, 9), { spacingMm: 0.01 }).problem).toBe('nonUniformSpacing');
  });

  it('finds the same grid in any order of the slices', () => {
    const ascending = stack(0, 2.5, 5, 7.5, 10, 12.5);
    fc.assert(
      fc.property(fc.shuffledSubarray(ascending, { minLength: 6 }), (slices) => {
        const result = gridFromSlices(slices);
        expect(result.grid).toEqual(gridFromSlices(ascending).grid);
        expect(result.order?.map((index) => slices[index])).toEqual(ascending);
      }),
    );
  });

  it('takes a long series in any order', () => {
    const slices = Array.from({ length: 2000 }, (_, k) => slice(((k * 7) % 2000) * 0.5));
    expect(gridFromSlices(slices).grid?.origins).toHaveLength(2000);
  });
});
