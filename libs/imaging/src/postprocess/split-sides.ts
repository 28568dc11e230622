/**
 * Splits one mask (both lungs, joined at the trachea) into the patient's left and right. Cores are grown back through the mask, each
 * voxel going to the core it is nearest to inside the mask. Left is larger x in LPS, whatever the position and orientation.
 */
import { andNotMasks, Mask, maskBox, maskVolumeMl, patientBox, voxelToPatient } from '@modelbank/geometry';
import { componentsOf } from './components';
import { forEachRun, runsOfMask, setRun } from './mask-runs';
import { growSides } from './grow-sides';
import { findSideCores } from './side-cores';

export type SideWarning =
  /** Only one part was found: the split is the body's middle plane, or everything lies on one side. */
  | 'noTwoSides'
  /** One side has less than a quarter of the other's volume. */
  | 'implausibleSideVolumes';

export interface Sides {
  readonly left: Mask;
  readonly right: Mask;
  readonly method: 'cores' | 'midPlane' | 'oneSide' | 'empty';
  readonly warnings: readonly SideWarning[];
}

/** A mask with at least this part of its voxels on one side of the middle plane is that side's organ, whole. */
const WHOLLY_ON_ONE_SIDE = 0.9;
const PLAUSIBLE_RATIO = 0.25;

/**
 * `midPlaneXMm` is the body's middle in LPS x (see `bodyMidPlaneXMm`), used only where the mask has no two cores; without it the
 * middle of the scan stands in.
 */
export function splitSides(mask: Mask, midPlaneXMm?: number): Sides {
  const box = maskBox(mask);
  if (!box) return { left: mask, right: emptied(mask), method: 'empty', warnings: [] };
  const cores = findSideCores(mask, box);
  if (!cores) return splitAtPlane(mask, midPlaneXMm ?? middleXMm(mask));
  const grown = growSides(mask, cores);
  const rest = andNotMasks(andNotMasks(mask, grown.left), grown.right);
  addIslands(rest, grown, cores.betweenXMm);
  return { ...grown, method: 'cores', warnings: implausible(grown.left, grown.right) };
}

/** Pieces that are not joined to any core go whole to the side of the plane where their middle lies. */
function addIslands(rest: Mask, sides: { readonly left: Mask; readonly right: Mask }, planeXMm: number): void {
  const runs = runsOfMask(rest);
  if (runs.start.length === 0) return;
  const { ofRun, count } = componentsOf(runs, 26);
  const cells = new Float64Array(count);
  const xSums = new Float64Array(count);
  forEachRun(runs, (run, row) => {
    const length = runs.end[run] - runs.start[run];
    const middle = (runs.start[run] + runs.end[run] - 1) / 2;
    cells[ofRun[run]] += length;
    const [x] = voxelToPatient(rest.grid, [middle, row % runs.rows, Math.floor(row / runs.rows)]);
    xSums[ofRun[run]] += length * x;
  });
  forEachRun(runs, (run, row) => {
    const component = ofRun[run];
    const side = xSums[component] / cells[component] > planeXMm ? sides.left : sides.right;
    setRun(side.bits, row * runs.columns + runs.start[run], row * runs.columns + runs.end[run]);
  });
}

function splitAtPlane(mask: Mask, planeXMm: number): Sides {
  const runs = runsOfMask(mask);
  const left = emptied(mask);
  const stepXMm = mask.grid.rowDirection[0] * mask.grid.columnSpacingMm;
  let total = 0;
  let onLeft = 0;
  forEachRun(runs, (run, row) => {
    const [firstXMm] = voxelToPatient(mask.grid, [0, row % runs.rows, Math.floor(row / runs.rows)]);
    for (let i = runs.start[run]; i < runs.end[run]; i++, total++) {
      if (firstXMm + i * stepXMm <= planeXMm) continue;
      onLeft++;
      setRun(left.bits, row * runs.columns + i, row * runs.columns + i + 1);
    }
  });
  const warnings = ['noTwoSides'] as const;
  if (onLeft >= WHOLLY_ON_ONE_SIDE * total) return { left: mask, right: emptied(mask), method: 'oneSide', warnings };
  if (total - onLeft >= WHOLLY_ON_ONE_SIDE * total) {
    return { left: emptied(mask), right: mask, method: 'oneSide', warnings };
  }
  const right = andNotMasks(mask, left);
  return { left, right, method: 'midPlane', warnings: [...warnings, ...implausible(left, right)] };
}

function implausible(left: Mask, right: Mask): readonly SideWarning[] {
  const volumes = [maskVolumeMl(left), maskVolumeMl(right)];
  return Math.min(...volumes) < PLAUSIBLE_RATIO * Math.max(...volumes) ? ['implausibleSideVolumes'] : [];
}

function middleXMm(mask: Mask): number {
  const { lowest, highest } = patientBox(mask.grid);
  return (lowest[0] + highest[0]) / 2;
}

function emptied(mask: Mask): Mask {
  return { grid: mask.grid, bits: new Uint8Array(mask.bits.length) };
}
