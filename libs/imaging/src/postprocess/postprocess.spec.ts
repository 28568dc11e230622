/** Run-length postprocessing against plain flood fills over voxels, on small random masks. */
import fc from 'fast-check';
import { countVoxels, Grid, Mask, maskWhere } from '@modelbank/geometry';
import { largestComponents, minimumVolume } from './components';
import { depthMm } from './depth';
import { fillHoles } from './fill-holes';
import { maskOfRuns, runsOfMask, runsWhere } from './mask-runs';
import { runPostprocessing } from './run-postprocessing';

const grid = (columns: number, rows: number, slices: number): Grid => ({
  columns,
  rows,
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  normal: [0, 0, 1],
  columnSpacingMm: 2,
  rowSpacingMm: 2,
  origins: Array.from({ length: slices }, (_, k) => [0, 0, 2 * k] as const),
});

const side = fc.integer({ min: 2, max: 9 });
const anyMask: fc.Arbitrary<Mask> = fc
  .record({
    columns: fc.integer({ min: 1, max: 21 }),
    rows: side,
    slices: side,
    share: fc.double({ min: 0.1, max: 0.8, noNaN: true }),
    seed: fc.integer(),
  })
  .map(({ columns, rows, slices, share, seed }) =>
    maskWhere(grid(columns, rows, slices), (index) => {
      const mixed = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b);
      return ((Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 8) & 0xffff) / 0x10000 < share;
    }),
  );

const cells = ({ grid: g, bits }: Mask) =>
  Array.from({ length: g.columns * g.rows * g.origins.length }, (_, index) => (bits[index >> 3] >> (index & 7)) & 1);

/** Slow reference: flood fill with a stack; components as lists of voxel indices. */
function floods(
  values: readonly number[],
  g: Grid,
  joins: (di: number, dj: number, dk: number) => boolean,
): number[][] {
  const [nx, ny, nz] = [g.columns, g.rows, g.origins.length];
  const seen = values.map((value) => value === 0);
  const found: number[][] = [];
  for (let start = 0; start < values.length; start++) {
    if (seen[start]) continue;
    const component = [start];
    seen[start] = true;
    for (let n = 0; n < component.length; n++) {
      const [i, j, k] = [component[n] % nx, Math.floor(component[n] / nx) % ny, Math.floor(component[n] / (nx * ny))];
      for (let step = 0; step < 27; step++) {
        const [di, dj, dk] = [(step % 3) - 1, (Math.floor(step / 3) % 3) - 1, Math.floor(step / 9) - 1];
        const [a, b, c] = [i + di, j + dj, k + dk];
        if (!joins(di, dj, dk) || a < 0 || b < 0 || c < 0 || a >= nx || b >= ny || c >= nz) continue;
        const next = (c * ny + b) * nx + a;
        if (!seen[next]) {
          seen[next] = true;
          component.push(next);
        }
      }
    }
    found.push(component);
  }
  return found;
}

const all26 = () => true;
const faces = (di: number, dj: number, dk: number) => Math.abs(di) + Math.abs(dj) + Math.abs(dk) === 1;
const inSlice = (di: number, dj: number, dk: number) => dk === 0 && faces(di, dj, dk);

describe('runs', () => {
  it('hold exactly the mask, whichever way they were made', () => {
    fc.assert(
      fc.property(anyMask, (mask) => {
        const runs = runsOfMask(mask);
        expect(cells(maskOfRuns(mask.grid, runs, () => true))).toEqual(cells(mask));
        const others = maskOfRuns(mask.grid, runsOfMask(mask, 0), () => true);
        expect(cells(others)).toEqual(cells(mask).map((value) => 1 - value));
        const values = cells(mask);
        const again = runsWhere(
          { columns: runs.columns, rows: runs.rows, slices: runs.slices },
          (index) => values[index] === 1,
        );
        expect(Array.from(again.start)).toEqual(Array.from(runs.start));
        expect(Array.from(again.end)).toEqual(Array.from(runs.end));
      }),
    );
  });
});

describe('components', () => {
  it('largestComponents keeps the largest, by 26 neighbours', () => {
    fc.assert(
      fc.property(anyMask, fc.integer({ min: 1, max: 3 }), (mask, count) => {
        const expected = cells(mask).map(() => 0);
        floods(cells(mask), mask.grid, all26)
          .sort((a, b) => b.length - a.length || a[0] - b[0])
          .slice(0, count)
          .forEach((component) => component.forEach((index) => (expected[index] = 1)));
        expect(cells(largestComponents(mask, count))).toEqual(expected);
      }),
    );
  });

  it('minimumVolume removes each component below the volume', () => {
    fc.assert(
      fc.property(anyMask, fc.integer({ min: 1, max: 6 }), (mask, voxels) => {
        const expected = cells(mask).map(() => 0);
        floods(cells(mask), mask.grid, all26)
          .filter((component) => component.length >= voxels)
          .forEach((component) => component.forEach((index) => (expected[index] = 1)));
        expect(cells(minimumVolume(mask, (voxels - 0.5) * 0.008))).toEqual(expected);
      }),
    );
  });
});

describe('fillHoles', () => {
  it.each([2, 3] as const)('fills background that reaches no border, in %i dimensions', (dimensions) => {
    fc.assert(
      fc.property(anyMask, (mask) => {
        const { columns, rows, origins } = mask.grid;
        const expected = cells(mask);
        const background = expected.map((value) => 1 - value);
        for (const hole of floods(background, mask.grid, dimensions === 2 ? inSlice : faces)) {
          const open = hole.some((index) => {
            const [i, j, k] = [
              index % columns,
              Math.floor(index / columns) % rows,
              Math.floor(index / (columns * rows)),
            ];
            const atEdge = i === 0 || j === 0 || i === columns - 1 || j === rows - 1;
            return atEdge || (dimensions === 3 && (k === 0 || k === origins.length - 1));
          });
          if (!open) hole.forEach((index) => (expected[index] = 1));
        }
        expect(cells(fillHoles(mask, dimensions))).toEqual(expected);
      }),
    );
  });
});

describe('depthMm', () => {
  it('is at least the true distance to the background and at most 15 % more', () => {
    fc.assert(
      fc.property(anyMask, (mask) => {
        const { columns, rows, origins } = mask.grid;
        const values = cells(mask);
        const depths = depthMm(Uint8Array.from(values), { columns, rows, slices: origins.length }, [2, 3, 1]);
        values.forEach((value, index) => {
          const truth = value === 0 ? 0 : trueDepth(values, columns, rows, origins.length, index);
          expect(depths[index]).toBeGreaterThanOrEqual(truth - 1e-4);
          expect(depths[index]).toBeLessThanOrEqual(truth * 1.15 + 1e-4);
        });
      }),
      { numRuns: 30 },
    );
  });
});

function trueDepth(values: readonly number[], nx: number, ny: number, nz: number, index: number): number {
  const [i, j, k] = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
  let nearest = Infinity;
  for (let c = -1; c <= nz; c++) {
    for (let b = -1; b <= ny; b++) {
      for (let a = -1; a <= nx; a++) {
        const inside = a >= 0 && b >= 0 && c >= 0 && a < nx && b < ny && c < nz;
        if (inside && values[(c * ny + b) * nx + a] === 1) continue;
        nearest = Math.min(nearest, Math.hypot(2 * (a - i), 3 * (b - j), c - k));
      }
    }
  }
  return nearest;
}

describe('runPostprocessing', () => {
  const g = grid(10, 4, 4);
  const slab = (low: number, high: number) => maskWhere(g, (index) => index % 10 >= low && index % 10 < high);

  it('applies the steps in order to the named labels', () => {
    const labels = new Map([
      ['a', slab(0, 8)],
      ['b', slab(5, 10)],
      ['c', slab(0, 1)],
    ]);
    const { labels: done, warnings } = runPostprocessing(labels, [
      { step: 'within', label: 'a', of: 'b' },
      { step: 'subtract', label: 'b', other: 'a' },
      { step: 'minimumVolume', label: 'c', ml: 1 },
    ]);
    expect(cells(done.get('a') as Mask)).toEqual(cells(slab(5, 8)));
    expect(cells(done.get('b') as Mask)).toEqual(cells(slab(8, 10)));
    expect(countVoxels(done.get('c') as Mask)).toBe(0);
    expect(countVoxels(labels.get('c') as Mask)).toBe(16);
    expect(warnings).toEqual([]);
  });

  it('refuses a step on a label that does not exist yet', () => {
    const steps = [{ step: 'fillHoles', label: 'nothing', dimensions: 3 }] as const;
    expect(() => runPostprocessing(new Map(), steps)).toThrow(expect.objectContaining({ code: 'BAD_PLAN' }));
  });
});
