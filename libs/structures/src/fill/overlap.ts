/** Finds contours of one plane that overlap in part, or coincide: there, readers that XOR and readers that unite disagree. */
import type { SliceRows } from '@modelbank/geometry';
import type { Loop } from '../trace/loop';
import { fillLoops } from './fill-loops';

/** The pixels whose centres a polygon can hold: columns and rows, inclusive. */
interface PixelBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Whether any two of the loops share pixels without one lying inside the other. */
export function anyOverlap(loops: readonly Loop[]): boolean {
  const boxes = loops.map(pixelBox);
  for (let a = 0; a < loops.length; a++) {
    for (let b = a + 1; b < loops.length; b++) {
      if (overlap(loops[a], boxes[a], loops[b], boxes[b])) return true;
    }
  }
  return false;
}

function overlap(a: Loop, boxA: PixelBox, b: Loop, boxB: PixelBox): boolean {
  const common = {
    left: Math.max(boxA.left, boxB.left),
    right: Math.min(boxA.right, boxB.right),
    top: Math.max(boxA.top, boxB.top),
    bottom: Math.min(boxA.bottom, boxB.bottom),
  };
  if (common.left > common.right || common.top > common.bottom) return false;
  const inA = fillWindow(a, common).words;
  const inB = fillWindow(b, common).words;
  if (!inA.some((word, at) => (word & inB[at]) !== 0)) return false;
  const moreInA = exceeds(boxA, common) || inA.some((word, at) => (word & ~inB[at]) !== 0);
  const moreInB = exceeds(boxB, common) || inB.some((word, at) => (word & ~inA[at]) !== 0);
  return moreInA === moreInB;
}

/** The polygon's pixels inside a window, the window's first pixel at (0, 0). */
function fillWindow(loop: Loop, window: PixelBox): SliceRows {
  const moved = new Float64Array(loop.length);
  for (let at = 0; at < loop.length; at += 2) {
    moved[at] = loop[at] - window.left;
    moved[at + 1] = loop[at + 1] - window.top;
  }
  return fillLoops([moved], window.right - window.left + 1, window.bottom - window.top + 1);
}

function exceeds(box: PixelBox, window: PixelBox): boolean {
  return box.left < window.left || box.right > window.right || box.top < window.top || box.bottom > window.bottom;
}

function pixelBox(loop: Loop): PixelBox {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < loop.length; at += 2) {
    left = Math.min(left, loop[at]);
    right = Math.max(right, loop[at]);
    top = Math.min(top, loop[at + 1]);
    bottom = Math.max(bottom, loop[at + 1]);
  }
  return { left: Math.floor(left) + 1, right: Math.floor(right), top: Math.ceil(top), bottom: Math.ceil(bottom) - 1 };
}
