/** Grids of all kinds for property tests: any permutation, flip and tilt, uneven slices too. */
import fc from 'fast-check';
import { cross, Grid, normalise, scale, subtract, add, dot, Vec3 } from '@modelbank/geometry';

const AXES: readonly Vec3[] = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];

const axisPairs = AXES.flatMap((row) =>
  AXES.filter((column) => dot(row, column) === 0).map((column) => [row, column] as const),
);
const tilt = fc.double({ min: -0.2, max: 0.2, noNaN: true });

/** Row and column directions near a pair of patient axes, tilted by up to about 15 degrees. */
const directions = fc
  .record({ pair: fc.constantFrom(...axisPairs), tilts: fc.tuple(tilt, tilt, tilt), straight: fc.boolean() })
  .map(({ pair: [row, column], tilts, straight }): readonly [Vec3, Vec3] => {
    if (straight) return [row, column];
    const third = cross(row, column);
    const tiltedRow = normalise(add(row, add(scale(column, tilts[0]), scale(third, tilts[1]))));
    const raw = add(column, scale(third, tilts[2]));
    return [tiltedRow, normalise(subtract(raw, scale(tiltedRow, dot(raw, tiltedRow))))];
  });

const count = fc.integer({ min: 2, max: 7 });
const spacing = fc.double({ min: 0.4, max: 5, noNaN: true });

export const anyGrid: fc.Arbitrary<Grid> = fc
  .record({
    directions,
    counts: fc.tuple(count, count, count),
    spacings: fc.tuple(spacing, spacing, spacing),
    uneven: fc.option(fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 7, maxLength: 7 })),
  })
  .map(({ directions: [rowDirection, columnDirection], counts, spacings, uneven }) => {
    const normal = cross(rowDirection, columnDirection);
    let height = 0;
    const origins = Array.from({ length: counts[2] }, (_, k): Vec3 => {
      const origin = add([10, -20, 30], scale(normal, height));
      height += spacings[2] * (uneven ? uneven[k] : 1);
      return origin;
    });
    return {
      columns: counts[0],
      rows: counts[1],
      rowDirection,
      columnDirection,
      normal,
      columnSpacingMm: spacings[0],
      rowSpacingMm: spacings[1],
      origins,
    };
  });

export const anyCode = fc.constantFrom('LPS', 'RAS', 'LIA', 'SPL', 'ASR', 'PIR', 'RPI', 'ILP');
