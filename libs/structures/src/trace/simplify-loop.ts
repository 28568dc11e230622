/**
 * Closed Douglas-Peucker on crack midpoints. The edges between midpoints lie at least 0.3536 pixels from every pixel centre, so
 * with a tolerance of 0.30 pixels every centre keeps its side.
 */
import type { HalfPixelLoop } from './follow-cracks';
import type { Loop } from './loop';

/** The loop with as few of its points as keep all others within `tolerancePixels` of the new edges. */
export function simplifyLoop(loop: HalfPixelLoop, tolerancePixels: number): Loop {
  const count = loop.length / 2;
  const keep = new Uint8Array(count);
  const start = farthestFrom(loop, farthestFrom(loop, 0));
  const opposite = farthestFrom(loop, start);
  keep[start] = 1;
  keep[opposite] = 1;
  const limit = (2 * tolerancePixels) ** 2;
  const ends = [start, opposite, opposite, start + count];
  if (start > opposite) ends.splice(0, 4, opposite, start, start, opposite + count);
  while (ends.length > 0) {
    const to = ends.pop() as number;
    const from = ends.pop() as number;
    const split = farthestFromEdge(loop, from, to, limit);
    if (split < 0) continue;
    keep[split % count] = 1;
    ends.push(from, split, split, to);
  }
  return keptPoints(loop, keep);
}

function farthestFrom(loop: HalfPixelLoop, point: number): number {
  let farthest = point;
  let largest = -1;
  for (let at = 0; at < loop.length; at += 2) {
    const dx = loop[at] - loop[2 * point];
    const dy = loop[at + 1] - loop[2 * point + 1];
    const squared = dx * dx + dy * dy;
    if (squared > largest) {
      largest = squared;
      farthest = at / 2;
    }
  }
  return farthest;
}

/** The point between `from` and `to` (indices, modulo the count) farthest from the edge, if beyond the limit; else -1. */
function farthestFromEdge(loop: HalfPixelLoop, from: number, to: number, limit: number): number {
  const { length } = loop;
  const startX = loop[(2 * from) % length];
  const startY = loop[((2 * from) % length) + 1];
  const edgeX = loop[(2 * to) % length] - startX;
  const edgeY = loop[((2 * to) % length) + 1] - startY;
  const squaredLength = edgeX * edgeX + edgeY * edgeY;
  let farthest = -1;
  let largest = limit;
  for (let point = from + 1; point < to; point++) {
    const at = (2 * point) % length;
    const x = loop[at] - startX;
    const y = loop[at + 1] - startY;
    const along = squaredLength === 0 ? 0 : Math.min(1, Math.max(0, (x * edgeX + y * edgeY) / squaredLength));
    const dx = x - along * edgeX;
    const dy = y - along * edgeY;
    const squared = dx * dx + dy * dy;
    if (squared > largest) {
      largest = squared;
      farthest = point;
    }
  }
  return farthest;
}

function keptPoints(loop: HalfPixelLoop, keep: Uint8Array): Loop {
  const kept: number[] = [];
  for (let point = 0; point < keep.length; point++) {
    if (keep[point]) kept.push(loop[2 * point] / 2, loop[2 * point + 1] / 2);
  }
  return Float64Array.from(kept);
}
