/** Fills what a mask encloses: background that cannot reach the border, of each slice (2) or of the whole grid (3). */
import type { Mask } from '@modelbank/geometry';
import { componentsOf } from './components';
import { forEachRun, Runs, runsOfMask, setRun } from './mask-runs';

/**
 * Background is joined over faces only. In 2 dimensions each slice of the scan stands alone, so that lungs cut open by the end of the
 * scan are filled too; in 3 dimensions a hole must be closed on all sides.
 */
export function fillHoles(mask: Mask, dimensions: 2 | 3): Mask {
  const runs = runsOfMask(mask, 0);
  const { ofRun, count } = componentsOf(runs, dimensions === 2 ? 'slice4' : 6);
  const open = new Uint8Array(count);
  forEachRun(runs, (run, row) => {
    if (touchesBorder(runs, run, row, dimensions)) open[ofRun[run]] = 1;
  });
  const bits = mask.bits.slice();
  forEachRun(runs, (run, row) => {
    if (open[ofRun[run]] === 0) setRun(bits, row * runs.columns + runs.start[run], row * runs.columns + runs.end[run]);
  });
  return { grid: mask.grid, bits };
}

function touchesBorder(runs: Runs, run: number, row: number, dimensions: 2 | 3): boolean {
  const inSlice = row % runs.rows;
  const slice = (row - inSlice) / runs.rows;
  const inPlane = runs.start[run] === 0 || runs.end[run] === runs.columns || inSlice === 0 || inSlice === runs.rows - 1;
  return inPlane || (dimensions === 3 && (slice === 0 || slice === runs.slices - 1));
}
