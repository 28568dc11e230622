/**
 * Joins holes to the loop around them by a bridge walked twice, for readers that know no separate holes. Bridges run between two
 * rows of pixel centres, so no reader's mask can change.
 */
import { doubledArea, type Loop } from './loop';

interface Bridge {
  /** Column at which the bridge meets the target. */
  readonly x: number;
  readonly y: number;
  readonly target: number;
  /** Point of the target after which it is met. */
  readonly edge: number;
}

/** One loop for each outer loop, its holes joined to it. */
export function joinHoles(loops: readonly Loop[]): Loop[] {
  const merged: (Loop | undefined)[] = [...loops];
  const holes = loops.map((_, index) => index).filter((index) => doubledArea(loops[index]) < 0);
  for (const hole of holes.sort((a, b) => compareTops(loops[a], loops[b]))) {
    const entry = topPoint(loops[hole]);
    const bridge = bridgeToTheLeft(merged, hole, loops[hole], entry);
    if (!bridge) continue;
    merged[bridge.target] = insertHole(merged[bridge.target] as Loop, bridge, loops[hole], entry);
    merged[hole] = undefined;
  }
  return merged.filter((loop) => loop !== undefined);
}

/** Index of the highest point, of several the leftmost. It lies between two rows: simplifying never takes it away. */
function topPoint(loop: Loop): number {
  let top = 0;
  for (let at = 2; at < loop.length; at += 2) {
    const higher = loop[at + 1] < loop[top + 1];
    if (higher || (loop[at + 1] === loop[top + 1] && loop[at] < loop[top])) top = at;
  }
  return top / 2;
}

/** From the top down and from left to right: the loop that a hole's bridge meets is then complete already. */
function compareTops(a: Loop, b: Loop): number {
  const [topA, topB] = [2 * topPoint(a), 2 * topPoint(b)];
  return a[topA + 1] - b[topB + 1] || a[topA] - b[topB];
}

function bridgeToTheLeft(
  loops: readonly (Loop | undefined)[],
  hole: number,
  holeLoop: Loop,
  entry: number,
): Bridge | undefined {
  const fromX = holeLoop[2 * entry];
  const y = holeLoop[2 * entry + 1];
  let best: Bridge | undefined;
  loops.forEach((loop, target) => {
    if (!loop || target === hole) return;
    for (let edge = 0; edge < loop.length / 2; edge++) {
      const x = crossingAt(loop, edge, y);
      if (x !== undefined && x < fromX && (!best || x > best.x)) best = { x, y, target, edge };
    }
  });
  return best;
}

/** Column at which an edge crosses the height y; an edge includes its upper end only, horizontal ones never cross. */
function crossingAt(loop: Loop, edge: number, y: number): number | undefined {
  const next = (2 * edge + 2) % loop.length;
  const [x0, y0, x1, y1] = [loop[2 * edge], loop[2 * edge + 1], loop[next], loop[next + 1]];
  if (Math.min(y0, y1) > y || Math.max(y0, y1) <= y) return undefined;
  return x0 + ((y - y0) * (x1 - x0)) / (y1 - y0);
}

function insertHole(target: Loop, bridge: Bridge, hole: Loop, entry: number): Loop {
  const cut = 2 * bridge.edge + 2;
  const joined = new Float64Array(target.length + hole.length + 6);
  joined.set(target.subarray(0, cut), 0);
  joined.set([bridge.x, bridge.y], cut);
  joined.set(hole.subarray(2 * entry), cut + 2);
  joined.set(hole.subarray(0, 2 * entry + 2), cut + 2 + hole.length - 2 * entry);
  joined.set([bridge.x, bridge.y], cut + hole.length + 4);
  joined.set(target.subarray(cut), cut + hole.length + 6);
  return joined;
}
