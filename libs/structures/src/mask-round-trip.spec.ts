import * as fc from 'fast-check';
import {
  createMask,
  countVoxels,
  cross,
  masksEqual,
  maskWhere,
  normalise,
  scale,
  setVoxel,
  add,
  type Grid,
  type Mask,
  type Vec3,
} from '@modelbank/geometry';
import { contoursFromMask, maskFromContours, MAXIMUM_CONTOUR_POINTS, type HoleEncoding } from '.';

interface Placement {
  readonly rowDirection: Vec3;
  readonly columnDirection: Vec3;
}

const tilt = (degrees: number): Placement => {
  const radians = (degrees * Math.PI) / 180;
  const rowDirection = normalise([Math.cos(radians), Math.sin(radians) * 0.6, Math.sin(radians) * 0.8]);
  return { rowDirection, columnDirection: normalise(cross(normalise([0.1, 0.2, 1]), rowDirection)) };
};
const PLACEMENTS: Record<string, Placement> = {
  'head first supine': { rowDirection: [1, 0, 0], columnDirection: [0, 1, 0] },
  'feet first supine': { rowDirection: [-1, 0, 0], columnDirection: [0, 1, 0] },
  'head first prone': { rowDirection: [-1, 0, 0], columnDirection: [0, -1, 0] },
  'feet first prone': { rowDirection: [1, 0, 0], columnDirection: [0, -1, 0] },
  coronal: { rowDirection: [1, 0, 0], columnDirection: [0, 0, -1] },
  sagittal: { rowDirection: [0, 1, 0], columnDirection: [0, 0, -1] },
  'oblique 7': tilt(7),
  'oblique 33': tilt(33),
};

function gridOf(name: string, columns: number, rows: number, slices: number, spacing: Vec3, origin: Vec3): Grid {
  const { rowDirection, columnDirection } = PLACEMENTS[name];
  const normal = normalise(cross(rowDirection, columnDirection));
  return {
    columns,
    rows,
    rowDirection,
    columnDirection,
    normal,
    columnSpacingMm: spacing[0],
    rowSpacingMm: spacing[1],
    origins: Array.from({ length: slices }, (_, k) => add(origin, scale(normal, k * spacing[2]))),
  };
}

const anyGrid = fc
  .record({
    name: fc.constantFrom(...Object.keys(PLACEMENTS)),
    columns: fc.constantFrom(1, 2, 7, 8, 31, 32, 33, 40),
    rows: fc.integer({ min: 1, max: 24 }),
    slices: fc.integer({ min: 1, max: 4 }),
    spacing: fc.tuple(
      fc.double({ min: 0.2, max: 3, noNaN: true }),
      fc.double({ min: 0.2, max: 3, noNaN: true }),
      fc.double({ min: 0.5, max: 6, noNaN: true }),
    ),
    origin: fc.tuple(
      fc.double({ min: -1500, max: 1500, noNaN: true }),
      fc.double({ min: -500, max: 500, noNaN: true }),
      fc.double({ min: -1500, max: 1500, noNaN: true }),
    ),
  })
  .map(({ name, columns, rows, slices, spacing, origin }) => gridOf(name, columns, rows, slices, spacing, origin));

const anyHoles = fc.constantFrom<HoleEncoding>('xor', 'keyhole');

/** Three to 2000 whole points, the first not repeated, each coordinate at most three decimals and 16 characters. */
function isWritable(points: Float64Array): boolean {
  const count = points.length / 3;
  const last = points.length - 3;
  const closed = points[0] === points[last] && points[1] === points[last + 1] && points[2] === points[last + 2];
  const text = Array.from(points, String);
  const spelled = text.every((number) => number.length <= 16 && /^-?\d+(\.\d{1,3})?$/.test(number));
  return Number.isInteger(count) && count >= 3 && count <= MAXIMUM_CONTOUR_POINTS && !closed && spelled;
}

/** The mask as another program sees it: every coordinate through its text. */
function throughText(mask: Mask, holes: HoleEncoding, maximumPoints?: number): Mask {
  const contours = contoursFromMask(mask, { holes, maximumPoints });
  const faulty = contours.filter(({ points }) => !isWritable(points));
  expect(faulty).toEqual([]);
  const read = contours.map((contour) => ({
    ...contour,
    points: Float64Array.from([...contour.points].map(String), Number),
  }));
  const { mask: again, warnings } = maskFromContours(mask.grid, read);
  expect(warnings.map((warning) => warning.name).filter((name) => name !== 'gap_between_slices')).toEqual([]);
  return again;
}

/** Blobs with holes: a smooth random field above a level, so that loops are long and nested. */
function blobs(grid: Grid, seed: number, level: number): Mask {
  const plane = grid.columns * grid.rows;
  return maskWhere(grid, (index) => {
    const [i, j, k] = [index % grid.columns, Math.floor(index / grid.columns) % grid.rows, Math.floor(index / plane)];
    const wave = Math.sin(i * 0.55 + seed) + Math.cos(j * 0.7 - seed * 2) + Math.sin((i + j + k) * 0.31 + seed * 3);
    return wave > level;
  });
}

describe('mask -> contours -> mask', () => {
  it('gives back random labels in any orientation and both hole encodings', () => {
    fc.assert(
      fc.property(
        anyGrid,
        anyHoles,
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (grid, holes, density, stream) => {
          const mask = maskWhere(grid, () => (stream.next().value as number) < density);
          expect(masksEqual(throughText(mask, holes), mask)).toBe(true);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('gives back smooth labels with holes and islands', () => {
    fc.assert(
      fc.property(
        anyGrid,
        anyHoles,
        fc.double({ min: 0, max: 6, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (grid, holes, seed, level) => {
          const mask = blobs(grid, seed, level);
          expect(masksEqual(throughText(mask, holes), mask)).toBe(true);
        },
      ),
      { numRuns: 120 },
    );
  });

  const SHAPES: Record<string, (i: number, j: number, k: number) => boolean> = {
    checkerboard: (i, j) => (i + j) % 2 === 0,
    'inverse checkerboard': (i, j) => (i + j) % 2 === 1,
    'one pixel': (i, j, k) => i === 5 && j === 5 && k === 1,
    'one pixel in every corner': (i, j) => (i === 0 || i === 32) && (j === 0 || j === 20),
    'single columns': (i) => i % 2 === 0,
    'single rows': (_, j) => j % 2 === 1,
    'the whole image': () => true,
    'a frame at the border': (i, j) => i === 0 || j === 0 || i === 32 || j === 20,
    'nested rings': (i, j) => Math.max(Math.abs(i - 16), Math.abs(j - 10)) % 2 === 0,
    'nested round rings': (i, j) => Math.floor(Math.hypot(i - 16, (j - 10) * 1.4)) % 3 === 0,
    'one pixel holes': (i, j) => !(i % 3 === 1 && j % 3 === 1),
    'holes that touch at corners': (i, j) => (i + j) % 2 === 0 || i < 3 || j < 3 || i > 28 || j > 17,
    'a comb': (i, j) => j === 0 || i % 2 === 0,
    'a spiral': (i, j) =>
      Math.floor((Math.atan2(j - 10, i - 16) + Math.PI) * 1.2 + Math.hypot(i - 16, j - 10) * 0.7) % 2 === 0,
    nothing: () => false,
  };
  const cases = Object.keys(SHAPES).flatMap((shape) =>
    (['xor', 'keyhole'] as const).map((holes): [string, HoleEncoding] => [shape, holes]),
  );

  it.each(cases)('gives back %s with %s holes in every orientation', (shape, holes) => {
    for (const name of Object.keys(PLACEMENTS)) {
      const grid = gridOf(name, 33, 21, 3, [0.976562, 2.5, 3], [-249.51, -120.3, 1043.25]);
      const mask = maskWhere(grid, (index) =>
        SHAPES[shape](index % 33, Math.floor(index / 33) % 21, Math.floor(index / 693)),
      );
      expect(masksEqual(throughText(mask, holes), mask)).toBe(true);
    }
  });

  it('writes an outer contour and its hole with opposite winding, or as one keyhole contour', () => {
    const grid = gridOf('head first supine', 16, 16, 1, [1, 1, 1], [0, 0, 0]);
    const mask = maskWhere(grid, (index) => {
      const distance = Math.max(Math.abs((index % 16) - 8), Math.abs(Math.floor(index / 16) - 8));
      return distance <= 5 && distance > 2;
    });
    const areas = contoursFromMask(mask).map(({ points }) => {
      let sum = 0;
      for (let at = 0; at < points.length; at += 3) {
        const next = (at + 3) % points.length;
        sum += points[at] * points[next + 1] - points[next] * points[at + 1];
      }
      return Math.sign(sum);
    });
    expect(areas).toEqual([1, -1]);
    expect(contoursFromMask(mask, { holes: 'keyhole' })).toHaveLength(1);
  });

  it('splits long contours so that the mask stays', () => {
    const grid = gridOf('oblique 33', 128, 128, 1, [0.5, 0.5, 2], [0, 0, 0]);
    const comb = maskWhere(grid, (index) => index % 2 === 0 || index < 128);
    const longest = Math.max(...contoursFromMask(comb).map(({ points }) => points.length / 3));
    expect(longest).toBeLessThanOrEqual(2000);
    for (const holes of ['xor', 'keyhole'] as const) {
      const contours = contoursFromMask(comb, { holes, maximumPoints: 60 });
      expect(contours.length).toBeGreaterThan(4);
      expect(Math.max(...contours.map(({ points }) => points.length / 3))).toBeLessThanOrEqual(60);
      expect(masksEqual(maskFromContours(grid, contours).mask, comb)).toBe(true);
    }
  });

  it('splits a contour of more than 2000 points without being asked', () => {
    const grid = gridOf('head first supine', 160, 160, 1, [0.9, 0.9, 2], [-70, -70, 40]);
    const maze = maskWhere(grid, (index) => {
      const [i, j] = [index % 160, Math.floor(index / 160)];
      return i < 2 || (j % 4 === 0 && i < 158) || (i % 8 === 3 && j % 4 === 1);
    });
    for (const holes of ['xor', 'keyhole'] as const) {
      const contours = contoursFromMask(maze, { holes });
      expect(contours.length).toBeGreaterThan(1);
      expect(Math.max(...contours.map(({ points }) => points.length / 3))).toBeLessThanOrEqual(2000);
      expect(masksEqual(maskFromContours(grid, contours).mask, maze)).toBe(true);
    }
  });

  it('needs few points for a round structure', () => {
    const grid = gridOf('head first supine', 256, 256, 1, [1, 1, 1], [0, 0, 0]);
    const disc = maskWhere(grid, (index) => Math.hypot((index % 256) - 128, Math.floor(index / 256) - 128) < 100);
    const [contour] = contoursFromMask(disc);
    expect(contour.points.length / 3).toBeLessThanOrEqual(250);
  });

  it('says so when pixels are too small for three decimals', () => {
    const grid = gridOf('head first supine', 8, 8, 1, [0.001, 0.001, 1], [0, 0, 0]);
    const mask = createMask(grid);
    setVoxel(mask, 3, 3, 0);
    expect(countVoxels(mask)).toBe(1);
    expect(() => contoursFromMask(mask)).toThrow(expect.objectContaining({ code: 'CONTOURS_NOT_EXACT' }));
  });
});
