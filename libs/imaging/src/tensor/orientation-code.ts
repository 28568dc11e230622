/**
 * Orientation codes such as `LPS` or `LIA`: three letters, one a tensor axis, naming where its index grows towards in the patient.
 * A scan's own axes are matched to a code by geometry alone, so that left stays left whatever the patient's position was.
 */
import { dot, Grid, Vec3 } from '@modelbank/geometry';
import { ImagingError } from '../imaging-error';

/** 0 columns (i), 1 rows (j), 2 slices (k) of the scan. */
export type ScanAxis = 0 | 1 | 2;

/** One tensor axis as a scan axis, forwards (1) or backwards (-1). */
export interface AxisChoice {
  readonly scanAxis: ScanAxis;
  readonly sign: 1 | -1;
}

/** Unit vectors of the letters in LPS. */
const DIRECTIONS: Readonly<Record<string, Vec3>> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
};

const PERMUTATIONS: readonly (readonly [ScanAxis, ScanAxis, ScanAxis])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** True for three letters of which each patient axis has one. */
export function isOrientationCode(code: string): boolean {
  return (
    /^[LRAPSI]{3}$/.test(code) &&
    ['LR', 'AP', 'SI'].every((pair) => [...code].filter((c) => pair.includes(c)).length === 1)
  );
}

/**
 * The permutation and flips of the scan's axes nearest to the code. An oblique scan stays oblique: the axes are its own, the nearest
 * ones to the letters, and nothing is interpolated.
 */
export function nearestAxes(grid: Grid, code: string): readonly [AxisChoice, AxisChoice, AxisChoice] {
  if (!isOrientationCode(code)) throw new ImagingError('BAD_PLAN', `"${code}" is no orientation code such as LPS`);
  const wanted = [...code].map((letter) => DIRECTIONS[letter]);
  const own = [grid.rowDirection, grid.columnDirection, grid.normal];
  const fit = (axes: readonly ScanAxis[]) =>
    axes.reduce<number>((sum, scanAxis, index) => sum + Math.abs(dot(own[scanAxis], wanted[index])), 0);
  const best = PERMUTATIONS.reduce((a, b) => (fit(b) > fit(a) + 1e-9 ? b : a));
  const [x, y, z] = best.map((scanAxis, index): AxisChoice => ({
    scanAxis,
    sign: dot(own[scanAxis], wanted[index]) < 0 ? -1 : 1,
  }));
  return [x, y, z];
}
