/** What every slice of a stack must state, and what must be the same in all of them, before positions are looked at. */
import type { Vec3 } from './grid';
import { MINIMUM_SLICES, type GridProblem, type GridTolerances, type SliceGeometry } from './slice-geometry';
import { dot, length } from './vectors';

/** A slice whose header states its whole plane. */
export interface CompleteSlice {
  readonly position: Vec3;
  readonly rowDirection: Vec3;
  readonly columnDirection: Vec3;
  readonly rowSpacingMm: number;
  readonly columnSpacingMm: number;
  readonly rows: number;
  readonly columns: number;
  readonly gantryTilt: number;
}

/** The slices with all their geometry, in the order given, or the first problem. */
export function checkPlanes(
  slices: readonly SliceGeometry[],
  limits: GridTolerances,
): readonly CompleteSlice[] | GridProblem {
  const planes: CompleteSlice[] = [];
  for (const slice of slices) {
    const plane = completeSlice(slice);
    if (plane) planes.push(plane);
  }
  const missing = slices.length - planes.length;
  if (missing > 0) return missingGeometry(missing, slices.length);
  return (
    checkDirections(planes, limits) ??
    checkSizes(planes) ??
    checkSpacing(planes, limits) ??
    checkCount(planes) ??
    checkStatedTilt(planes, limits) ??
    planes
  );
}

function completeSlice(slice: SliceGeometry): CompleteSlice | undefined {
  const { imagePositionPatient: position, imageOrientationPatient: cosines, pixelSpacingMm: spacing } = slice;
  if (!position || !cosines || !spacing || !slice.rows || !slice.columns) return undefined;
  const numbers = [...position, ...cosines, ...spacing, slice.rows, slice.columns];
  const countsAreWhole = Number.isInteger(slice.rows) && Number.isInteger(slice.columns);
  const sizesArePositive = spacing[0] > 0 && spacing[1] > 0 && slice.rows > 0 && slice.columns > 0;
  if (!numbers.every(Number.isFinite) || !countsAreWhole || !sizesArePositive) return undefined;
  return {
    position,
    rowDirection: [cosines[0], cosines[1], cosines[2]],
    columnDirection: [cosines[3], cosines[4], cosines[5]],
    rowSpacingMm: spacing[0],
    columnSpacingMm: spacing[1],
    rows: slice.rows,
    columns: slice.columns,
    gantryTilt: Number.isFinite(slice.gantryTilt) ? (slice.gantryTilt as number) : 0,
  };
}

function missingGeometry(missing: number, slices: number): GridProblem {
  return {
    problem: 'missingGeometry',
    observed: { missing, slices },
    sentence: `${missing} of ${slices} slices lack a position, an orientation, a pixel spacing or a size`,
  };
}

function checkDirections(planes: readonly CompleteSlice[], limits: GridTolerances): GridProblem | undefined {
  const skew = Math.max(0, ...planes.map(departureFromOrthonormal));
  if (skew > limits.orientation) {
    return {
      problem: 'nonOrthonormal',
      observed: { departure: skew },
      sentence: `the row and column directions are not perpendicular unit vectors (departure ${skew.toFixed(4)})`,
    };
  }
  const difference = Math.max(0, ...planes.map((plane) => directionDifference(plane, planes[0])));
  if (difference <= limits.orientation) return undefined;
  return {
    problem: 'mixedOrientations',
    observed: { difference },
    sentence: `the slices have different orientations (direction cosines differ by up to ${difference.toFixed(4)})`,
  };
}

function departureFromOrthonormal(plane: CompleteSlice): number {
  return Math.max(
    Math.abs(length(plane.rowDirection) - 1),
    Math.abs(length(plane.columnDirection) - 1),
    Math.abs(dot(plane.rowDirection, plane.columnDirection)),
  );
}

function directionDifference(a: CompleteSlice, b: CompleteSlice): number {
  const axes = [0, 1, 2] as const;
  return Math.max(
    ...axes.map((axis) => Math.abs(a.rowDirection[axis] - b.rowDirection[axis])),
    ...axes.map((axis) => Math.abs(a.columnDirection[axis] - b.columnDirection[axis])),
  );
}

function checkSizes(planes: readonly CompleteSlice[]): GridProblem | undefined {
  const other = planes.find((plane) => plane.rows !== planes[0].rows || plane.columns !== planes[0].columns);
  if (!other) return undefined;
  const { columns, rows } = planes[0];
  return {
    problem: 'mixedSizes',
    observed: { columns, rows, otherColumns: other.columns, otherRows: other.rows },
    sentence: `the slices have different sizes: ${columns}x${rows} and ${other.columns}x${other.rows} pixels`,
  };
}

function checkSpacing(planes: readonly CompleteSlice[], limits: GridTolerances): GridProblem | undefined {
  const difference = Math.max(
    0,
    ...planes.map((plane) => Math.abs(plane.rowSpacingMm - planes[0].rowSpacingMm)),
    ...planes.map((plane) => Math.abs(plane.columnSpacingMm - planes[0].columnSpacingMm)),
  );
  if (difference <= limits.pixelSpacingMm) return undefined;
  return {
    problem: 'mixedSpacing',
    observed: { differenceMm: difference },
    sentence: `the slices have different pixel spacings (up to ${difference.toFixed(4)} mm apart)`,
  };
}

function checkCount(planes: readonly CompleteSlice[]): GridProblem | undefined {
  if (planes.length >= MINIMUM_SLICES) return undefined;
  return {
    problem: 'tooFewSlices',
    observed: { slices: planes.length, required: MINIMUM_SLICES },
    sentence: `a volume needs at least ${MINIMUM_SLICES} slices, there are ${planes.length}`,
  };
}

function checkStatedTilt(planes: readonly CompleteSlice[], limits: GridTolerances): GridProblem | undefined {
  const degrees = Math.max(0, ...planes.map((plane) => Math.abs(plane.gantryTilt)));
  if (degrees <= limits.gantryTiltDegrees) return undefined;
  return {
    problem: 'gantryTilt',
    observed: { statedDegrees: degrees },
    sentence: `the header states a gantry tilt of ${degrees.toFixed(1)} degrees`,
  };
}
