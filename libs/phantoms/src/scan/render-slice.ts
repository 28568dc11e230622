/** One CT slice of a set of parts: partial volume exact along the rows, from several lines per voxel across them, then noise. */
import { add, Grid, scale, Vec3 } from '@modelbank/geometry';
import { AIR_HU, Part } from '../anatomy/thorax';
import { intervalsOf, Line } from '../solids/solid';
import { gaussianSource } from './noise';
import { RowPainter } from './row-painter';
import { sliceSpacingMm } from './scan-grid';

/** Lines per voxel along the columns and along the normal. */
const LINES_PER_ROW = 2;
const LINES_PER_SLICE = 3;
const LOWEST_HU = -1024;

export interface Noise {
  readonly seed: number;
  readonly deviationHu: number;
}

/** Whole Hounsfield units of slice k, rows * columns values. */
export function renderSlice(grid: Grid, k: number, parts: readonly Part[], noise: Noise): Int16Array {
  const slice = new Int16Array(grid.rows * grid.columns);
  const painter = new RowPainter(grid.columns);
  const random = gaussianSource(noise.seed, k);
  const row = new Float32Array(grid.columns);
  for (let j = 0; j < grid.rows; j++) {
    row.fill(0);
    for (const line of linesOfRow(grid, j, k)) {
      paintLine(painter, line, parts, grid.columnSpacingMm);
      painter.addTo(row, 1 / (LINES_PER_ROW * LINES_PER_SLICE));
    }
    const first = j * grid.columns;
    for (let i = 0; i < grid.columns; i++) {
      const hu = row[i] + noise.deviationHu * random();
      slice[first + i] = hu > LOWEST_HU ? Math.round(hu) : LOWEST_HU;
    }
  }
  return slice;
}

/** Each line starts at the left edge of the row's first voxel. */
function linesOfRow(grid: Grid, j: number, k: number): readonly Line[] {
  const thicknessMm = sliceSpacingMm(grid);
  const lines: Line[] = [];
  for (let b = 0; b < LINES_PER_SLICE; b++) {
    const height = ((b + 0.5) / LINES_PER_SLICE - 0.5) * thicknessMm;
    for (let a = 0; a < LINES_PER_ROW; a++) {
      const down = (j + (a + 0.5) / LINES_PER_ROW - 0.5) * grid.rowSpacingMm;
      lines.push({ point: pointOf(grid, k, down, height), direction: grid.rowDirection });
    }
  }
  return lines;
}

function pointOf(grid: Grid, k: number, down: number, height: number): Vec3 {
  return [
    scale(grid.rowDirection, -grid.columnSpacingMm / 2),
    scale(grid.columnDirection, down),
    scale(grid.normal, height),
  ].reduce(add, grid.origins[k]);
}

function paintLine(painter: RowPainter, line: Line, parts: readonly Part[], columnSpacingMm: number): void {
  painter.begin(AIR_HU);
  for (const { solid, hu } of parts) {
    const intervals = intervalsOf(solid, line);
    for (let n = 0; n < intervals.length; n += 2) {
      painter.paint(intervals[n] / columnSpacingMm, intervals[n + 1] / columnSpacingMm, hu);
    }
  }
}
