/** A picture of RGBA bytes with the few strokes that the contact sheet needs; drawing beyond its edge does nothing. */
import { GLYPH_ADVANCE, GLYPH_WIDTH, glyphRows } from './bitmap-font';

export type Rgb = readonly [number, number, number];

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel, row by row. */
  readonly rgba: Uint8Array;
}

export function blankPicture(width: number, height: number, color: Rgb): Picture {
  const picture = { width, height, rgba: new Uint8Array(width * height * 4).fill(255) };
  fillRectangle(picture, 0, 0, width, height, color);
  return picture;
}

/** Mixes the colour over the pixel; `opacity` 1 replaces it. */
export function setPixel({ width, height, rgba }: Picture, x: number, y: number, color: Rgb, opacity = 1): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const at = (y * width + x) * 4;
  if (opacity === 1) {
    rgba[at] = color[0];
    rgba[at + 1] = color[1];
    rgba[at + 2] = color[2];
    return;
  }
  for (let c = 0; c < 3; c++) rgba[at + c] = Math.round(rgba[at + c] * (1 - opacity) + color[c] * opacity);
}

export function fillRectangle(
  picture: Picture,
  left: number,
  top: number,
  width: number,
  height: number,
  color: Rgb,
): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) setPixel(picture, x, y, color);
  }
}

/** Text with its upper left corner at (left, top). */
export function drawText(picture: Picture, text: string, left: number, top: number, scale: number, color: Rgb): void {
  [...text].forEach((character, index) => {
    glyphRows(character).forEach((bits, row) => {
      for (let column = 0; column < GLYPH_WIDTH; column++) {
        if (((bits >> (GLYPH_WIDTH - 1 - column)) & 1) === 0) continue;
        const x = left + (index * GLYPH_ADVANCE + column) * scale;
        fillRectangle(picture, x, top + row * scale, scale, scale, color);
      }
    });
  });
}

/** Text on a dark edge, so that it can be read over any tissue. */
export function drawOutlinedText(
  picture: Picture,
  text: string,
  left: number,
  top: number,
  scale: number,
  color: Rgb,
): void {
  for (const [dx, dy] of OUTLINE) drawText(picture, text, left + dx, top + dy, scale, BLACK);
  drawText(picture, text, left, top, scale, color);
}

const BLACK: Rgb = [0, 0, 0];
const OUTLINE = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => [dx, dy] as const));
