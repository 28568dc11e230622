import fc from 'fast-check';
import { subtract, Vec3, voxelToPatient } from '@modelbank/geometry';
import { backToScan } from './back-to-scan';
import { anyCode, anyGrid } from './grids.fixture';
import { isOrientationCode } from './orientation-code';
import { reorient, sampleVolume } from './sample-volume';
import { axisPositions } from './scan-axis-positions';
import {
  croppedTo,
  frameSize,
  reorientedFrame,
  scanToTensorIndex,
  tensorToPatient,
  tensorToScanIndex,
  Triple,
  voxelCount,
  withMinimumSize,
  withMultipleOf,
  withSize,
  withSpacing,
} from './tensor-frame';

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const spacing = fc.double({ min: 0.7, max: 4, noNaN: true });
const numbered = (length: number) => Int16Array.from({ length }, (_, index) => index);
const LETTERS: Readonly<Record<string, readonly [axis: number, sign: number]>> = {
  L: [0, 1],
  R: [0, -1],
  P: [1, 1],
  A: [1, -1],
  S: [2, 1],
  I: [2, -1],
};

describe('orientation codes', () => {
  it.each([
    ['LPS', true],
    ['LIA', true],
    ['LLS', false],
    ['LP', false],
    ['lps', false],
    ['LRS', false],
  ])('%s is one: %s', (code, expected) => expect(isOrientationCode(code)).toBe(expected));
});

describe('a reoriented frame', () => {
  it('grows along the letters in the patient, whatever the scan', () => {
    fc.assert(
      fc.property(anyGrid, anyCode, (grid, code) => {
        const frame = reorientedFrame(grid, code);
        const zero = tensorToPatient(frame, grid, [0, 0, 0]);
        [...code].forEach((letter, axis) => {
          const step: [number, number, number] = [0, 0, 0];
          step[axis] = 1;
          const moved = subtract(tensorToPatient(frame, grid, step), zero);
          const [patientAxis, sign] = LETTERS[letter];
          expect(moved[patientAxis] * sign).toBeGreaterThan(0);
          const others = moved.filter((_, other) => other !== patientAxis).map(Math.abs);
          expect(Math.abs(moved[patientAxis])).toBeGreaterThan(Math.max(...others));
        });
      }),
    );
  });

  it('holds every voxel of an even scan once, at its own place, and gives it back', () => {
    fc.assert(
      fc.property(anyGrid, anyCode, (grid, code) => {
        fc.pre(axisPositions(grid, 2).unevenMm === undefined);
        const voxels = numbered(grid.columns * grid.rows * grid.origins.length);
        const tensor = reorient({ grid, voxels }, code);
        expect(Array.from(tensor.voxels).sort((a, b) => a - b)).toEqual(Array.from(voxels));
        expect(Array.from(backToScan(tensor.voxels, tensor.frame, grid))).toEqual(Array.from(voxels));
        const [nx, ny] = frameSize(tensor.frame);
        const at: Triple = [nx - 1, 0, 0];
        const scanIndex = tensorToScanIndex(tensor.frame, grid, at).map(Math.round);
        const index = (scanIndex[2] * grid.rows + scanIndex[1]) * grid.columns + scanIndex[0];
        expect(tensor.voxels[(at[2] * ny + at[1]) * nx + at[0]]).toBe(index);
      }),
    );
  });
});

describe('maps between tensor, scan and patient', () => {
  it('are inverse to each other through crop, spacing, size and padding', () => {
    fc.assert(
      fc.property(
        anyGrid,
        anyCode,
        fc.tuple(spacing, spacing, spacing),
        fc.tuple(fraction, fraction, fraction),
        (grid, code, mm, at) => {
          const box = {
            first: [0, 1, 0] as Triple,
            last: [grid.columns - 1, grid.rows - 1, grid.origins.length - 2] as Triple,
          };
          const cropped = croppedTo(reorientedFrame(grid, code), grid, box, 1.5);
          const frame = withMultipleOf(withMinimumSize(withSize(withSpacing(cropped, mm), [5, 4, 6]), [3, 8, 3]), 4);
          expect(frameSize(frame).every((size) => size % 4 === 0)).toBe(true);
          const tensorIndex = frameSize(frame).map((size, axis) => at[axis] * size) as unknown as Triple;
          const scanIndex = tensorToScanIndex(frame, grid, tensorIndex);
          const back = scanToTensorIndex(frame, grid, scanIndex);
          back.forEach((value, axis) => expect(value).toBeCloseTo(tensorIndex[axis], 6));
          const patient = tensorToPatient(frame, grid, tensorIndex);
          voxelToPatient(grid, scanIndex as Vec3).forEach((value, axis) => expect(value).toBeCloseTo(patient[axis], 6));
        },
      ),
    );
  });

  it('resample a linear field exactly inside the scan, and bring it back', () => {
    fc.assert(
      fc.property(anyGrid, anyCode, fc.tuple(spacing, spacing, spacing), (grid, code, mm) => {
        const field = ([x, y, z]: Vec3) => 3 * x - 2 * y + 0.5 * z;
        const voxels = new Float32Array(grid.columns * grid.rows * grid.origins.length);
        for (let index = 0; index < voxels.length; index++) {
          const row = Math.floor(index / grid.columns);
          voxels[index] = field(
            voxelToPatient(grid, [index % grid.columns, row % grid.rows, Math.floor(row / grid.rows)]),
          );
        }
        const frame = withSpacing(reorientedFrame(grid, code), mm);
        const tensor = sampleVolume({ grid, voxels }, frame, 'linear');
        const [nx, ny] = frameSize(frame);
        const counts = [grid.columns, grid.rows, grid.origins.length];
        for (let index = 0; index < voxelCount(frame); index++) {
          const at: Triple = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
          const inside = tensorToScanIndex(frame, grid, at).every(
            (value, axis) => value >= 0 && value <= counts[axis] - 1,
          );
          if (inside) expect(tensor.voxels[index]).toBeCloseTo(field(tensorToPatient(frame, grid, at)), 2);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('resampling', () => {
  const grid = {
    columns: 4,
    rows: 2,
    rowDirection: [1, 0, 0] as const,
    columnDirection: [0, 1, 0] as const,
    normal: [0, 0, 1] as const,
    columnSpacingMm: 1,
    rowSpacingMm: 1,
    origins: [[0, 0, 0] as const, [0, 0, 1] as const],
  };
  const volume = { grid, voxels: Int16Array.from([0, 10, 20, 30, 0, 10, 20, 30, 0, 10, 20, 30, 0, 10, 20, 30]) };

  it('works with pixel centres: two voxels of 2 mm lie between the four of 1 mm', () => {
    const tensor = sampleVolume(volume, withSpacing(reorientedFrame(grid, 'LPS'), [2, 1, 1]));
    expect(Array.from(tensor.voxels.subarray(0, 2))).toEqual([5, 25]);
  });

  it('keeps the edge within half a voxel and pads beyond it', () => {
    const fine = sampleVolume(volume, withSpacing(reorientedFrame(grid, 'LPS'), [0.5, 1, 1]));
    expect(Array.from(fine.voxels.subarray(0, 8))).toEqual([0, 2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 30]);
    const padded = sampleVolume(volume, withSize(reorientedFrame(grid, 'RPS'), [7, 2, 2]), 'linear', -7);
    expect(Array.from(padded.voxels.subarray(0, 7))).toEqual([-7, 30, 20, 10, 0, -7, -7]);
  });

  it('takes the nearest voxel where asked', () => {
    const tensor = sampleVolume(volume, withSpacing(reorientedFrame(grid, 'LPS'), [0.6, 1, 1]), 'nearest');
    expect(new Set(tensor.voxels)).toEqual(new Set([0, 10, 20, 30]));
  });

  it('reads uneven slices at their own heights', () => {
    const uneven = { ...grid, origins: [[0, 0, 0] as const, [0, 0, 1] as const, [0, 0, 5] as const] };
    const voxels = Int16Array.from({ length: 24 }, (_, index) => [0, 10, 50][Math.floor(index / 8)]);
    const tensor = sampleVolume({ grid: uneven, voxels }, withSpacing(reorientedFrame(uneven, 'LPS'), [1, 1, 1]));
    const column = Array.from({ length: frameSize(tensor.frame)[2] }, (_, z) => tensor.voxels[z * 8]);
    column.forEach((value, z) => {
      const heightMm = tensor.frame.axes[2].startMm + z;
      const expected = heightMm < -0.5 ? -1024 : 10 * Math.max(0, Math.min(5, heightMm));
      expect(value).toBeCloseTo(expected, 4);
    });
    expect(column.filter((value) => value !== -1024).length).toBeGreaterThan(5);
  });
});
