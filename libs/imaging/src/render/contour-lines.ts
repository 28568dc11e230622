/**
 * Closed outlines on a picture: anti-aliased lines of even width. Where segments meet, the stronger of them counts, so that joints are no
 * darker than lines and the same outline drawn twice looks like one.
 */
import { setPixel, type Picture, type Rgb } from '../sheet/canvas';

/** (x, y) pairs in picture pixels, pixel centres at whole numbers; the first point is not repeated. */
export type Outline = Float64Array;

export const LINE_WIDTH = 1.6;

/** Draws all outlines of one region in its colour. Points far outside the picture cost nothing. */
export function drawOutlines(picture: Picture, outlines: readonly Outline[], color: Rgb, width = LINE_WIDTH): void {
  const { width: columns, height: rows } = picture;
  const coverage = new Float32Array(columns * rows);
  for (const outline of outlines) {
    for (let at = 0; at < outline.length; at += 2) {
      const next = (at + 2) % outline.length;
      coverSegment(coverage, picture, [outline[at], outline[at + 1], outline[next], outline[next + 1]], width / 2);
    }
  }
  coverage.forEach((share, at) => {
    if (share > 0) setPixel(picture, at % columns, Math.floor(at / columns), color, share);
  });
}

type Segment = readonly [x0: number, y0: number, x1: number, y1: number];

/** A pixel is covered as far as its centre lies inside the line, over the width of one pixel at the line's edge. */
function coverSegment(coverage: Float32Array, { width, height }: Picture, segment: Segment, half: number): void {
  const [, y0, , y1] = segment;
  const reach = half + 0.5;
  const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach));
  const bottom = Math.min(height - 1, Math.floor(Math.max(y0, y1) + reach));
  for (let y = top; y <= bottom; y++) {
    const [from, to] = spanOfRow(segment, y, reach);
    for (let x = Math.max(0, Math.ceil(from)); x <= Math.min(width - 1, Math.floor(to)); x++) {
      const share = reach - distance(segment, x, y);
      const at = y * width + x;
      if (share > coverage[at]) coverage[at] = Math.min(1, share);
    }
  }
}

/** The columns of a row that the segment, widened by `reach`, can touch. */
function spanOfRow([x0, y0, x1, y1]: Segment, y: number, reach: number): readonly [number, number] {
  if (Math.abs(y1 - y0) < 1e-9) return [Math.min(x0, x1) - reach, Math.max(x0, x1) + reach];
  const slope = (x1 - x0) / (y1 - y0);
  const inside = (at: number) => Math.min(Math.max(at, Math.min(y0, y1)), Math.max(y0, y1));
  const ends = [inside(y - reach), inside(y + reach)].map((at) => x0 + (at - y0) * slope);
  return [Math.min(...ends) - reach, Math.max(...ends) + reach];
}

function distance([x0, y0, x1, y1]: Segment, x: number, y: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / squared));
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}
