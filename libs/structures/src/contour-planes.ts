/**
 * Which contours count for which slice: contours are grouped by their own plane (0.1 mm), a plane belongs to the nearest slice (at
 * most half the local spacing away), and of several planes for one slice the closest counts.
 */
import { sliceHeightsMm, type Grid } from '@modelbank/geometry';
import { isClosed, type Contour } from './contour';
import type { ContourWarning } from './contour-warning';
import { heightRange } from './slice-plane';

/** Contours nearer than this along the normal share a plane; a plane farther than this from its slice is off it. */
export const PLANE_TOLERANCE_MM = 0.1;

export interface AssignedPlanes {
  /** Closed contours of each slice that has some, in the order given. */
  readonly bySlice: ReadonlyMap<number, readonly Contour[]>;
  readonly warnings: readonly ContourWarning[];
}

interface Plane {
  readonly heightMm: number;
  readonly contours: Contour[];
}

/** Assigns the closed contours to slices; points and open lines are left out. */
export function assignPlanes(grid: Grid, contours: readonly Contour[]): AssignedPlanes {
  const heights = sliceHeightsMm(grid);
  const { planes, tilted } = groupByPlane(grid, contours.filter(isMeasurable));
  const offPlane = new Set<number>(tilted.map((heightMm) => nearestSlice(heights, heightMm)));
  const outside = new Set<number>();
  const chosen = new Map<number, Plane>();
  for (const plane of planes) {
    const k = nearestSlice(heights, plane.heightMm);
    const distance = Math.abs(plane.heightMm - heights[k]);
    if (distance > halfSpacing(heights, k, plane.heightMm)) {
      outside.add(k);
      continue;
    }
    const rival = chosen.get(k);
    if (rival || distance > PLANE_TOLERANCE_MM) offPlane.add(k);
    if (!rival || distance < Math.abs(rival.heightMm - heights[k])) chosen.set(k, plane);
  }
  return {
    bySlice: new Map([...chosen].map(([k, plane]) => [k, plane.contours])),
    warnings: [
      ...warningOf('contour_off_image_plane', offPlane, 'contours do not lie in the plane of their slice'),
      ...warningOf('contour_outside_image', outside, 'contours lie beyond the first or last slice and do not count'),
    ],
  };
}

/** The warning for a set of slices; none when the set is empty. */
export function warningOf(
  name: ContourWarning['name'],
  slices: ReadonlySet<number>,
  what: string,
): readonly ContourWarning[] {
  if (slices.size === 0) return [];
  const ascending = [...slices].sort((a, b) => a - b);
  return [{ name, slices: ascending, sentence: `${what} (${slices.size} slices, first ${ascending[0]})` }];
}

function isMeasurable(contour: Contour): boolean {
  return isClosed(contour) && contour.points.length >= 9 && contour.points.every(Number.isFinite);
}

/** Contours that are not parallel to the slices have no plane here; their mean heights come back as `tilted`. */
function groupByPlane(grid: Grid, contours: readonly Contour[]): { planes: Plane[]; tilted: number[] } {
  const tilted: number[] = [];
  const measured: { contour: Contour; heightMm: number; place: number }[] = [];
  contours.forEach((contour, place) => {
    const { lowest, highest, mean } = heightRange(grid, contour.points);
    if (highest - lowest > PLANE_TOLERANCE_MM) tilted.push(mean);
    else measured.push({ contour, heightMm: mean, place });
  });
  measured.sort((a, b) => a.heightMm - b.heightMm);
  const planes: { heightMm: number; members: typeof measured }[] = [];
  for (const one of measured) {
    const plane = planes.at(-1);
    if (plane && one.heightMm - plane.heightMm <= PLANE_TOLERANCE_MM) plane.members.push(one);
    else planes.push({ heightMm: one.heightMm, members: [one] });
  }
  return {
    planes: planes.map(({ heightMm, members }) => ({
      heightMm,
      contours: members.sort((a, b) => a.place - b.place).map((member) => member.contour),
    })),
    tilted,
  };
}

function nearestSlice(heights: readonly number[], heightMm: number): number {
  let nearest = 0;
  for (let k = 1; k < heights.length; k++) {
    if (Math.abs(heights[k] - heightMm) < Math.abs(heights[nearest] - heightMm)) nearest = k;
  }
  return nearest;
}

/** Half the distance to the neighbour on that side; at the ends, to the only neighbour. */
function halfSpacing(heights: readonly number[], k: number, heightMm: number): number {
  if (heights.length < 2) return PLANE_TOLERANCE_MM;
  const towards = heightMm >= heights[k] ? k + 1 : k - 1;
  const neighbour = towards < 0 ? 1 : towards >= heights.length ? heights.length - 2 : towards;
  return Math.abs(heights[neighbour] - heights[k]) / 2 + 1e-6;
}
