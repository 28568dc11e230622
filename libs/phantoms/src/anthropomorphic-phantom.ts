/**
 * A synthetic chest CT with known truth, in any patient position: what the demonstration sends and what tests measure against.
 * Slices are rendered one at a time, so that a large scan need not be held in memory.
 */
import type { Grid, Vec3, Volume } from '@modelbank/geometry';
import { adultThorax, Thorax, TruthName, TRUTH_NAMES } from './anatomy/thorax';
import { renderSlice } from './scan/render-slice';
import { scanGrid, ScanOrientation } from './scan/scan-grid';
import { solidVolumeMl } from './scan/solid-volume';
import { contains, Solid } from './solids/solid';

export interface PhantomOptions {
  readonly rows?: number;
  readonly columns?: number;
  readonly slices?: number;
  readonly pixelSpacingMm?: number;
  readonly sliceSpacingMm?: number;
  readonly orientation?: ScanOrientation;
  readonly seed?: number;
  /** Standard deviation of the noise. */
  readonly noiseHu?: number;
}

export interface TruthSolid {
  /** Volume of the solid itself inside the scan, in ml; computed when first asked for. */
  readonly analyticVolumeMl: number;
  /** Whether a point of the patient (LPS, mm) lies inside. */
  readonly inside: (point: Vec3) => boolean;
}

export interface Phantom {
  readonly grid: Grid;
  readonly orientation: ScanOrientation;
  readonly truth: Readonly<Record<TruthName, TruthSolid>>;
  /** Hounsfield units of slice k in the grid's order. */
  readonly slice: (k: number) => Int16Array;
}

const DEFAULTS: Required<PhantomOptions> = {
  rows: 512,
  columns: 512,
  slices: 120,
  pixelSpacingMm: 0.8,
  sliceSpacingMm: 2.5,
  orientation: 'HFS',
  seed: 1,
  noiseHu: 14,
};

/** The default covers 410 x 410 x 300 mm: both lungs whole, in every orientation. */
export function anthropomorphicPhantom(options: PhantomOptions = {}): Phantom {
  const chosen = { ...DEFAULTS, ...options };
  const grid = scanGrid({ ...chosen, centreMm: [0, 0, 0] });
  const prone = chosen.orientation === 'HFP' || chosen.orientation === 'FFP';
  const thorax = adultThorax(prone ? 'anterior' : 'posterior');
  const noise = { seed: chosen.seed, deviationHu: chosen.noiseHu };
  return {
    grid,
    orientation: chosen.orientation,
    truth: truthOf(thorax, grid),
    slice: (k) => renderSlice(grid, k, thorax.parts, noise),
  };
}

/** All slices in one volume. */
export function phantomVolume(phantom: Phantom): Volume<Int16Array> {
  const { grid } = phantom;
  const sliceLength = grid.rows * grid.columns;
  const voxels = new Int16Array(sliceLength * grid.origins.length);
  grid.origins.forEach((_, k) => voxels.set(phantom.slice(k), k * sliceLength));
  return { grid, voxels };
}

function truthOf({ truth }: Thorax, grid: Grid): Phantom['truth'] {
  const entries = TRUTH_NAMES.map((name) => [name, truthSolid(truth[name], grid)] as const);
  return Object.fromEntries(entries) as Record<TruthName, TruthSolid>;
}

function truthSolid(solid: Solid, grid: Grid): TruthSolid {
  let volumeMl: number | undefined;
  return {
    get analyticVolumeMl() {
      return (volumeMl ??= solidVolumeMl(solid, grid));
    },
    inside: (point) => contains(solid, point),
  };
}
