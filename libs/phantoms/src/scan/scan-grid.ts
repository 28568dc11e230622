/** The grids a scanner would make for each patient position (PS3.3 C.7.3.1.1.2, C.7.6.2.1.1), and one with oblique slices. */
import { add, cross, dot, Grid, scale, subtract, Vec3 } from '@modelbank/geometry';

export const SCAN_ORIENTATIONS = ['HFS', 'HFP', 'FFS', 'FFP', 'oblique'] as const;
export type ScanOrientation = (typeof SCAN_ORIENTATIONS)[number];

export interface ScanGridOptions {
  readonly rows: number;
  readonly columns: number;
  readonly slices: number;
  readonly pixelSpacingMm: number;
  readonly sliceSpacingMm: number;
  readonly orientation: ScanOrientation;
  /** The middle of the scan in the patient. */
  readonly centreMm: Vec3;
}

const TILT_DEGREES = 14;
const TURN_DEGREES = 9;

/** Row and column directions: along a row to image right, along a column to image bottom. */
const DIRECTIONS: Readonly<Record<ScanOrientation, readonly [Vec3, Vec3]>> = {
  HFS: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  HFP: [
    [-1, 0, 0],
    [0, -1, 0],
  ],
  FFS: [
    [-1, 0, 0],
    [0, 1, 0],
  ],
  FFP: [
    [1, 0, 0],
    [0, -1, 0],
  ],
  oblique: obliqueDirections(),
};

export function scanGrid(options: ScanGridOptions): Grid {
  const [rowDirection, columnDirection] = DIRECTIONS[options.orientation];
  const normal = cross(rowDirection, columnDirection);
  const { pixelSpacingMm, sliceSpacingMm } = options;
  const corner = [
    scale(rowDirection, (-(options.columns - 1) / 2) * pixelSpacingMm),
    scale(columnDirection, (-(options.rows - 1) / 2) * pixelSpacingMm),
    scale(normal, (-(options.slices - 1) / 2) * sliceSpacingMm),
  ].reduce(add, options.centreMm);
  return {
    columns: options.columns,
    rows: options.rows,
    rowDirection,
    columnDirection,
    normal,
    columnSpacingMm: pixelSpacingMm,
    rowSpacingMm: pixelSpacingMm,
    origins: Array.from({ length: options.slices }, (_, k) => add(corner, scale(normal, k * sliceSpacingMm))),
  };
}

/** Distance of neighbouring slices; a scan of one slice is as thick as its pixels are wide. */
export function sliceSpacingMm({ origins, normal, columnSpacingMm }: Grid): number {
  return origins.length < 2 ? columnSpacingMm : dot(subtract(origins[1], origins[0]), normal);
}

/** Tilted about the left-right axis, then turned about the patient's long axis. */
function obliqueDirections(): readonly [Vec3, Vec3] {
  const tilt = (TILT_DEGREES * Math.PI) / 180;
  const turn = (TURN_DEGREES * Math.PI) / 180;
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  return [
    [c, s, 0],
    [-s * Math.cos(tilt), c * Math.cos(tilt), Math.sin(tilt)],
  ];
}
