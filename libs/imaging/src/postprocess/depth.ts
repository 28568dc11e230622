/** How deep each cell lies inside a mask: the distance to the nearest background cell, by two chamfer passes over the 26 neighbours. */
import type { Vec3 } from '@modelbank/geometry';
import type { RunSpace } from './mask-runs';

interface Step {
  readonly di: number;
  readonly dj: number;
  readonly dk: number;
  readonly mm: number;
}

/** Depth in mm per cell, 0 in the background. Beyond the space is background too. The error of the two passes is below 10 %. */
export function depthMm(inside: Uint8Array, space: RunSpace, cellMm: Vec3): Float32Array {
  const depths = Float32Array.from(inside, (value) => (value ? Infinity : 0));
  const before = stepsBefore(cellMm);
  const after = before.map(({ di, dj, dk, mm }) => ({ di: -di, dj: -dj, dk: -dk, mm }));
  const { rows, slices } = space;
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) relaxRow(depths, space, j, k, before, 1);
  }
  for (let k = slices - 1; k >= 0; k--) {
    for (let j = rows - 1; j >= 0; j--) relaxRow(depths, space, j, k, after, -1);
  }
  return depths;
}

function relaxRow(
  depths: Float32Array,
  { columns, rows, slices }: RunSpace,
  j: number,
  k: number,
  steps: readonly Step[],
  direction: 1 | -1,
): void {
  const row = (k * rows + j) * columns;
  const neighbours = steps.map(({ di, dj, dk, mm }) => {
    const known = j + dj >= 0 && j + dj < rows && k + dk >= 0 && k + dk < slices;
    return { di, mm, row: known ? ((k + dk) * rows + j + dj) * columns : -1 };
  });
  for (let n = 0; n < columns; n++) {
    const i = direction === 1 ? n : columns - 1 - n;
    let depth = depths[row + i];
    if (depth === 0) continue;
    for (const neighbour of neighbours) {
      const at = i + neighbour.di;
      const outside = neighbour.row < 0 || at < 0 || at >= columns;
      const through = (outside ? 0 : depths[neighbour.row + at]) + neighbour.mm;
      if (through < depth) depth = through;
    }
    depths[row + i] = depth;
  }
}

/** The 13 neighbours that come earlier in voxel order. */
function stepsBefore([x, y, z]: Vec3): Step[] {
  const steps: Step[] = [];
  for (let n = 0; n < 13; n++) {
    const [di, dj, dk] = [(n % 3) - 1, (Math.floor(n / 3) % 3) - 1, Math.floor(n / 9) - 1];
    steps.push({ di, dj, dk, mm: Math.hypot(di * x, dj * y, dk * z) });
  }
  return steps;
}
