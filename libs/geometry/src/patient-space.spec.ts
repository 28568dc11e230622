import * as fc from 'fast-check';
import {
  add,
  classifyOrientation,
  cross,
  GeometryError,
  normalise,
  patientBox,
  patientExtentMm,
  patientToVoxel,
  scale,
  slabThicknessMm,
  voxelToPatient,
  voxelVolumeMm3,
  type Grid,
  type Vec3,
} from '.';

function gridOf(rowDirection: Vec3, columnDirection: Vec3, heights: readonly number[] = [0, 2, 4]): Grid {
  const normal = normalise(cross(rowDirection, columnDirection));
  return {
    columns: 100,
    rows: 50,
    rowDirection,
    columnDirection,
    normal,
    columnSpacingMm: 1.5,
    rowSpacingMm: 0.5,
    origins: heights.map((height) => add([-10, 20, -30], scale(normal, height))),
  };
}
const turned = (degrees: number): Grid => {
  const radians = (degrees * Math.PI) / 180;
  return gridOf([1, 0, 0], [0, Math.cos(radians), Math.sin(radians)]);
};

describe('patient space', () => {
  it.each([
    ['axial', gridOf([1, 0, 0], [0, 1, 0])],
    ['axial', gridOf([-1, 0, 0], [0, 1, 0])],
    ['coronal', gridOf([1, 0, 0], [0, 0, -1])],
    ['sagittal', gridOf([0, 1, 0], [0, 0, -1])],
    ['axial', turned(9.9)],
    ['oblique', turned(10.1)],
    ['oblique', turned(45)],
    ['coronal', turned(85)],
  ] as const)('calls it %s', (orientation, grid) => expect(classifyOrientation(grid)).toBe(orientation));

  it.each([
    ['the first pixel centre', [0, 0, 0], [-10, 20, -30]],
    ['a column to the left of the patient', [1, 0, 0], [-8.5, 20, -30]],
    ['a row to the back', [0, 1, 0], [-10, 20.5, -30]],
    ['the second slice', [0, 0, 1], [-10, 20, -27]],
    ['between uneven slices', [0, 0, 1.5], [-10, 20, -25]],
    ['beyond the last slice', [0, 0, 3], [-10, 20, -19]],
    ['before the first slice', [0, 0, -1], [-10, 20, -33]],
  ] as const)('finds %s', (_, index, position) => {
    const grid = gridOf([1, 0, 0], [0, 1, 0], [0, 3, 7]);
    expect(voxelToPatient(grid, index)).toEqual(position);
    patientToVoxel(grid, position).forEach((value, axis) => expect(value).toBeCloseTo(index[axis], 9));
  });

  it('goes to the patient and back, in any orientation', () => {
    const unit = fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }));
    const index = fc.tuple(
      fc.double({ min: -5, max: 105, noNaN: true }),
      fc.double({ min: -5, max: 55, noNaN: true }),
      fc.double({ min: -1, max: 4, noNaN: true }),
    );
    fc.assert(
      fc.property(unit, index, ([x, y], voxel) => {
        const rowDirection = normalise([1, x, y]);
        const grid = gridOf(rowDirection, normalise(cross([0.1, y, 1], rowDirection)), [0, 3, 7]);
        patientToVoxel(grid, voxelToPatient(grid, voxel)).forEach((value, axis) =>
          expect(value).toBeCloseTo(voxel[axis], 6),
        );
      }),
    );
  });

  it('measures the extent with the voxel edges', () => {
    const extent = patientExtentMm(gridOf([1, 0, 0], [0, 1, 0]));
    expect(extent).toEqual({ leftRight: 150, anteriorPosterior: 25, craniocaudal: 6 });
    expect(patientExtentMm(gridOf([0, 1, 0], [0, 0, -1]))).toEqual({
      leftRight: 6,
      anteriorPosterior: 150,
      craniocaudal: 25,
    });
    expect(patientBox(gridOf([1, 0, 0], [0, 1, 0])).lowest).toEqual([-10.75, 19.75, -31]);
  });

  it('gives each slice its slab', () => {
    const grid = gridOf([1, 0, 0], [0, 1, 0], [0, 3, 7, 8]);
    expect([0, 1, 2, 3].map((k) => slabThicknessMm(grid, k))).toEqual([3, 3.5, 2.5, 1]);
    expect(voxelVolumeMm3(grid, 1)).toBe(1.5 * 0.5 * 3.5);
    expect(() => slabThicknessMm(grid, 4)).toThrow(GeometryError);
    expect(() => slabThicknessMm(gridOf([1, 0, 0], [0, 1, 0], [0]), 0)).toThrow(GeometryError);
  });
});
