import { countSliceVoxels, countVoxels, hasVoxel, type Grid } from '@modelbank/geometry';
import { maskFromContours, type Contour } from '.';

const grid: Grid = {
  columns: 20,
  rows: 16,
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  normal: [0, 0, 1],
  columnSpacingMm: 1,
  rowSpacingMm: 1,
  origins: [0, 3, 6, 9, 12].map((z) => [0, 0, z] as const),
};

/** A rectangle from (left, top) to (right, bottom) at height z. */
function box(z: number, left = 1.5, top = 1.5, right = 4.5, bottom = 4.5, type = 'CLOSED_PLANAR'): Contour {
  const points = [left, top, z, right, top, z, right, bottom, z, left, bottom, z];
  return { geometricType: type, points: Float64Array.from(points) };
}

function reversed(contour: Contour): Contour {
  const points: number[] = [];
  for (let at = contour.points.length - 3; at >= 0; at -= 3) points.push(...contour.points.subarray(at, at + 3));
  return { ...contour, points: Float64Array.from(points) };
}

const slices = (contours: readonly Contour[]) => {
  const { mask, warnings } = maskFromContours(grid, contours);
  return {
    voxels: grid.origins.map((_, k) => countSliceVoxels(mask, k)),
    warnings: warnings.map(({ name, slices: at }) => [name, ...at]),
  };
};

describe('maskFromContours', () => {
  it.each<[string, Contour[], number[], unknown[]]>([
    ['nothing', [], [0, 0, 0, 0, 0], []],
    ['one plane', [box(3)], [0, 9, 0, 0, 0], []],
    ['a plane 0.01 mm off its slice', [box(3.01)], [0, 9, 0, 0, 0], []],
    ['a plane that rounds down to the slice below', [box(2.99)], [0, 9, 0, 0, 0], []],
    ['a plane 0.5 mm off its slice', [box(3.5)], [0, 9, 0, 0, 0], [['contour_off_image_plane', 1]]],
    ['a plane just nearer to the next slice', [box(4.6)], [0, 0, 9, 0, 0], [['contour_off_image_plane', 2]]],
    ['two contours 0.05 mm apart on one plane', [box(3), box(3.05, 7.5, 1.5, 9.5, 3.5)], [0, 13, 0, 0, 0], []],
    [
      'two planes for one slice: the closest',
      [box(3.4, 1.5, 1.5, 9.5, 9.5), box(2.95)],
      [0, 9, 0, 0, 0],
      [['contour_off_image_plane', 1]],
    ],
    ['a plane half a spacing above the last slice', [box(13.4)], [0, 0, 0, 0, 9], [['contour_off_image_plane', 4]]],
    ['a plane beyond that', [box(13.6)], [0, 0, 0, 0, 0], [['contour_outside_image', 4]]],
    ['a plane far below', [box(-100), box(0)], [9, 0, 0, 0, 0], [['contour_outside_image', 0]]],
    ['a gap', [box(0), box(9)], [9, 0, 0, 9, 0], [['gap_between_slices', 1, 2]]],
    ['a contour that leaves the image', [box(3, -5.5, 1.5, 1.5, 4.5)], [0, 6, 0, 0, 0], [['contour_outside_image', 1]]],
    ['a contour all outside', [box(3, -5.5, 1.5, -2.5, 4.5)], [0, 0, 0, 0, 0], [['contour_outside_image', 1]]],
    [
      'a hole by opposite winding',
      [box(3, 1.5, 1.5, 8.5, 8.5), reversed(box(3, 3.5, 3.5, 5.5, 5.5))],
      [0, 45, 0, 0, 0],
      [],
    ],
    ['a hole with the same winding', [box(3, 1.5, 1.5, 8.5, 8.5), box(3, 3.5, 3.5, 5.5, 5.5)], [0, 45, 0, 0, 0], []],
    [
      'two contours that overlap',
      [box(3, 1.5, 1.5, 4.5, 4.5), box(3, 3.5, 3.5, 6.5, 6.5)],
      [0, 16, 0, 0, 0],
      [['overlapping_contours', 1]],
    ],
    ['the same contour twice', [box(3), reversed(box(3))], [0, 0, 0, 0, 0], [['overlapping_contours', 1]]],
    ['neighbours that share an edge', [box(3), box(3, 4.5, 1.5, 7.5, 4.5)], [0, 18, 0, 0, 0], []],
    ['a point', [{ geometricType: 'POINT', points: Float64Array.of(3, 3, 3) }], [0, 0, 0, 0, 0], []],
    ['an open line', [box(3, 1.5, 1.5, 4.5, 4.5, 'OPEN_PLANAR')], [0, 0, 0, 0, 0], []],
    [
      'two points',
      [{ geometricType: 'CLOSED_PLANAR', points: Float64Array.of(1, 1, 3, 5, 5, 3) }],
      [0, 0, 0, 0, 0],
      [],
    ],
    ['CLOSEDPLANAR_XOR', [box(3, 1.5, 1.5, 4.5, 4.5, 'CLOSEDPLANAR_XOR')], [0, 9, 0, 0, 0], []],
  ])('%s', (_, contours, voxels, warnings) => {
    expect(slices(contours)).toEqual({ voxels, warnings });
  });

  it('does not count a contour that is tilted out of its plane', () => {
    const { points } = box(3);
    const tilted = { geometricType: 'CLOSED_PLANAR', points: points.map((value, at) => (at === 2 ? 5 : value)) };
    expect(slices([tilted])).toEqual({ voxels: [0, 0, 0, 0, 0], warnings: [['contour_off_image_plane', 1]] });
  });

  it('decides centres on the edge by the half-open rule', () => {
    const { mask } = maskFromContours(grid, [box(3, 2, 2, 5, 5)]);
    const inside = (i: number, j: number) => hasVoxel(mask, i, j, 1);
    expect(countVoxels(mask)).toBe(9);
    expect([inside(2, 2), inside(3, 2), inside(5, 2), inside(5, 4), inside(3, 5)]).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it('warns where the slices of the grid are not evenly spaced', () => {
    const uneven = { ...grid, origins: [0, 3, 6, 11].map((z) => [0, 0, z] as const) };
    const names = maskFromContours(uneven, [box(3)]).warnings.map(({ name }) => name);
    expect(names).toEqual(['nonuniform_slice_spacing']);
    expect(maskFromContours(uneven, []).warnings).toEqual([]);
  });
});
