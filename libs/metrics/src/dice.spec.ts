import { createMask, GeometryError, maskWhere, type Grid } from '@modelbank/geometry';
import { dice, volumeChange } from '.';

const grid: Grid = {
  columns: 10,
  rows: 10,
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  normal: [0, 0, 1],
  columnSpacingMm: 10,
  rowSpacingMm: 10,
  origins: [
    [0, 0, 0],
    [0, 0, 10],
  ],
};
const range = (from: number, to: number) => maskWhere(grid, (index) => index >= from && index < to);

describe('dice and volumes', () => {
  it.each([
    ['the same', range(0, 40), range(0, 40), 1],
    ['half of one', range(0, 40), range(20, 40), 2 / 3],
    ['shifted by half', range(0, 40), range(20, 60), 0.5],
    ['apart', range(0, 40), range(50, 90), 0],
    ['one empty', range(0, 40), createMask(grid), 0],
    ['both empty', createMask(grid), createMask(grid), null],
  ])('of %s', (_, a, b, expected) => {
    expect(dice(a, b)).toBe(expected);
    expect(dice(b, a)).toBe(expected);
  });

  it('measures what was added and removed in ml', () => {
    expect(volumeChange(range(0, 40), range(30, 60))).toEqual({
      beforeMl: 40,
      afterMl: 30,
      addedMl: 20,
      removedMl: 30,
    });
  });

  it('does not compare masks of different grids', () => {
    expect(() => dice(range(0, 4), createMask({ ...grid, rows: 20, columns: 5 }))).toThrow(GeometryError);
  });
});
