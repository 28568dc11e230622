/**
 * Stretches of a straight line, as ascending distances [from, to, from, to, ...] in mm. Every solid answers with them, so that its
 * voxels get exact partial volumes along a row and its volume is an integral of the solid itself, not of voxels.
 */

export type Intervals = readonly number[];

export const NOTHING: Intervals = [];

export function unite(a: Intervals, b: Intervals): Intervals {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return combine(a, b, (inA, inB) => inA || inB);
}

export function intersect(a: Intervals, b: Intervals): Intervals {
  if (a.length === 0 || b.length === 0) return NOTHING;
  return combine(a, b, (inA, inB) => inA && inB);
}

export function subtract(a: Intervals, b: Intervals): Intervals {
  if (a.length === 0 || b.length === 0) return a;
  return combine(a, b, (inA, inB) => inA && !inB);
}

export function totalLength(intervals: Intervals): number {
  let sum = 0;
  for (let n = 0; n < intervals.length; n += 2) sum += intervals[n + 1] - intervals[n];
  return sum;
}

/** Walks both lists of ends at once; an end is kept where the combined state changes. */
function combine(a: Intervals, b: Intervals, rule: (inA: boolean, inB: boolean) => boolean): Intervals {
  const ends: number[] = [];
  let atA = 0;
  let atB = 0;
  let state = false;
  while (atA < a.length || atB < b.length) {
    const at = atB >= b.length || (atA < a.length && a[atA] <= b[atB]) ? a[atA] : b[atB];
    while (atA < a.length && a[atA] === at) atA++;
    while (atB < b.length && b[atB] === at) atB++;
    const next = rule(atA % 2 === 1, atB % 2 === 1);
    if (next !== state) ends.push(at);
    state = next;
  }
  return ends;
}
