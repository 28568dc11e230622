/**
 * Axial pictures in patient orientation from a scan of any orientation: image right is the patient's left, image top is anterior
 * (the radiological convention), whatever rows and columns the scanner used.
 */
import { dot, Grid, Mask, Vec3 } from '@modelbank/geometry';
import { AIR_HU, HounsfieldVolume } from '../decode/to-hounsfield';
import { axisPositions, indexAt } from '../tensor/scan-axis-positions';

/** A rectangle of square pixels at one height; `left` and `top` are the centre of the first pixel (smallest x and y in LPS). */
export interface AxialPlane {
  readonly leftXMm: number;
  readonly topYMm: number;
  readonly zMm: number;
  readonly pixelMm: number;
  readonly width: number;
  readonly height: number;
}

const CORNERS = 8;
const OUTSIDE = -1;

/** For every pixel the eight voxels around it and their weights: computed once, used for the scan and for every mask. */
export interface PlaneSamples {
  readonly pixels: number;
  /** Voxel indices, eight a pixel; the first is -1 where the pixel lies outside the scan. */
  readonly voxels: Int32Array;
  readonly weights: Float32Array;
}

export function planeSamples(grid: Grid, plane: AxialPlane): PlaneSamples {
  const pixels = plane.width * plane.height;
  const samples = {
    pixels,
    voxels: new Int32Array(pixels * CORNERS),
    weights: new Float32Array(pixels * CORNERS),
  };
  const axes = [grid.rowDirection, grid.columnDirection, grid.normal];
  const positions = ([0, 1, 2] as const).map((axis) => axisPositions(grid, axis));
  const origin = axes.map((axis) => dot(grid.origins[0], axis));
  const index = [0, 0, 0];
  for (let v = 0; v < plane.height; v++) {
    const start: Vec3 = [plane.leftXMm, plane.topYMm + v * plane.pixelMm, plane.zMm];
    const startMm = axes.map((axis, a) => dot(start, axis) - origin[a]);
    for (let u = 0; u < plane.width; u++) {
      for (let axis = 0; axis < 3; axis++) {
        index[axis] = indexAt(positions[axis], startMm[axis] + u * plane.pixelMm * axes[axis][0]);
      }
      setCorners(samples, v * plane.width + u, index, grid);
    }
  }
  return samples;
}

/** Hounsfield units with linear interpolation; air outside the scan. */
export function sampleHu({ voxels: hu }: HounsfieldVolume, { pixels, voxels, weights }: PlaneSamples): Float32Array {
  const sampled = new Float32Array(pixels).fill(AIR_HU);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const first = pixel * CORNERS;
    if (voxels[first] === OUTSIDE) continue;
    let sum = 0;
    for (let at = first; at < first + CORNERS; at++) sum += weights[at] * hu[voxels[at]];
    sampled[pixel] = sum;
  }
  return sampled;
}

/** 1 where at least half of the interpolated mask is set. */
export function sampleMask({ bits }: Mask, { pixels, voxels, weights }: PlaneSamples): Uint8Array {
  const inside = new Uint8Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const first = pixel * CORNERS;
    if (voxels[first] === OUTSIDE) continue;
    let sum = 0;
    for (let at = first; at < first + CORNERS; at++) {
      if ((bits[voxels[at] >>> 3] >>> (voxels[at] & 7)) & 1) sum += weights[at];
    }
    inside[pixel] = sum >= 0.5 ? 1 : 0;
  }
  return inside;
}

function setCorners({ voxels, weights }: PlaneSamples, pixel: number, index: readonly number[], grid: Grid): void {
  const first = pixel * CORNERS;
  const i = neighbours(index[0], grid.columns);
  const j = neighbours(index[1], grid.rows);
  const k = neighbours(index[2], grid.origins.length);
  if (!i || !j || !k) {
    voxels[first] = OUTSIDE;
    return;
  }
  for (let corner = 0; corner < CORNERS; corner++) {
    const [a, b, c] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    voxels[first + corner] = (k.at[c] * grid.rows + j.at[b]) * grid.columns + i.at[a];
    weights[first + corner] = i.weight[a] * j.weight[b] * k.weight[c];
  }
}

interface Neighbours {
  readonly at: readonly [number, number];
  readonly weight: readonly [number, number];
}

/** The two voxels along one axis around an index; the edge voxel alone within half a voxel beyond it, nothing farther out. */
function neighbours(index: number, count: number): Neighbours | undefined {
  if (index <= -0.5 || index >= count - 0.5) return undefined;
  if (index <= 0) return { at: [0, 0], weight: [1, 0] };
  if (index >= count - 1) return { at: [count - 1, count - 1], weight: [1, 0] };
  const low = index | 0;
  return { at: [low, low + 1], weight: [1 - index + low, index - low] };
}
