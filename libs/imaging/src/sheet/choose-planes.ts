/** Which axial planes a contact sheet shows: evenly spaced over the labels, on the scan's own slices where those are axial, cropped to the body. */
import { Grid, Mask, maskBox, patientBox, voxelToPatient } from '@modelbank/geometry';
import type { HounsfieldVolume } from '../decode/to-hounsfield';
import { patientOverview } from '../facts/patient-overview';
import { forEachRun, runsOfMask } from '../postprocess/mask-runs';
import type { AxialPlane } from './axial-plane';

const BODY_MARGIN_MM = 16;
/** A scan whose slices are tilted less than about 3 degrees is shown on its own slices. */
const AXIAL_COSINE = 0.9986;
/** Part of the labels' voxels left out at both ends: oblique scans taper to a corner there. */
const TRIM = 0.015;
const BIN_MM = 1;

/** Cranial plane first. */
export function choosePlanes(
  volume: HounsfieldVolume,
  masks: readonly Mask[],
  count: number,
  width: number,
): readonly AxialPlane[] {
  const { grid } = volume;
  const [lowZ, highZ] = labelHeights(grid, masks);
  const { low, high } = bodyRectangle(volume);
  const pixelMm = (high[0] - low[0]) / width;
  const height = Math.max(1, Math.round((high[1] - low[1]) / pixelMm));
  return Array.from({ length: count }, (_, tile) => ({
    leftXMm: low[0] + pixelMm / 2,
    topYMm: low[1] + pixelMm / 2,
    zMm: onSlice(grid, highZ - ((tile + 0.5) * (highZ - lowZ)) / count),
    pixelMm,
    width,
    height,
  }));
}

function onSlice(grid: Grid, zMm: number): number {
  if (Math.abs(grid.normal[2]) < AXIAL_COSINE) return zMm;
  const heights = grid.origins.map(([, , z]) => z);
  return heights.reduce((best, z) => (Math.abs(z - zMm) < Math.abs(best - zMm) ? z : best));
}

/** Heights between which nearly all voxels of the labels lie; the whole scan where there are none. */
function labelHeights(grid: Grid, masks: readonly Mask[]): readonly [number, number] {
  const { lowest, highest } = patientBox(grid);
  const bins = new Float64Array(Math.ceil((highest[2] - lowest[2]) / BIN_MM) + 1);
  for (const mask of masks) {
    const runs = runsOfMask(mask);
    forEachRun(runs, (run, row) => {
      const middle = (runs.start[run] + runs.end[run] - 1) / 2;
      const z = voxelToPatient(mask.grid, [middle, row % runs.rows, Math.floor(row / runs.rows)])[2];
      bins[Math.max(0, Math.min(bins.length - 1, Math.floor((z - lowest[2]) / BIN_MM)))] +=
        runs.end[run] - runs.start[run];
    });
  }
  const total = bins.reduce((sum, voxels) => sum + voxels, 0);
  if (total === 0) return [lowest[2], highest[2]];
  const reversed = Float64Array.from(bins).reverse();
  const low = lowest[2] + binAt(bins, TRIM * total) * BIN_MM;
  const high = lowest[2] + (bins.length - binAt(reversed, TRIM * total)) * BIN_MM;
  return [low, Math.min(high, highest[2])];
}

function binAt(bins: Float64Array, amount: number): number {
  let sum = 0;
  return Math.max(
    0,
    bins.findIndex((voxels) => (sum += voxels) > amount),
  );
}

interface Rectangle {
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
}

function bodyRectangle(volume: HounsfieldVolume): Rectangle {
  const { grid, body } = patientOverview(volume);
  const { lowest, highest } = patientBox(volume.grid);
  const box = maskBox(body);
  if (!box) return { low: [lowest[0], lowest[1]], high: [highest[0], highest[1]] };
  const first = voxelToPatient(grid, box.first);
  const last = voxelToPatient(grid, box.last);
  const low = (axis: 0 | 1) => Math.max(lowest[axis], first[axis] - BODY_MARGIN_MM);
  const high = (axis: 0 | 1) => Math.min(highest[axis], last[axis] + BODY_MARGIN_MM);
  return { low: [low(0), low(1)], high: [high(0), high(1)] };
}
