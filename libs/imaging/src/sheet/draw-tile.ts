/** One tile of the contact sheet: an axial picture with contours, orientation letters, slice position and a scale bar. */
import type { Mask } from '@modelbank/geometry';
import type { HounsfieldVolume } from '../decode/to-hounsfield';
import { AxialPlane, planeSamples, sampleHu, sampleMask } from './axial-plane';
import { GLYPH_HEIGHT, textWidth } from './bitmap-font';
import { drawOutlinedText, fillRectangle, Picture, Rgb, setPixel } from './canvas';

export interface SheetRoi {
  readonly name: string;
  readonly color: Rgb;
  readonly mask: Mask;
}

export interface GreyWindow {
  readonly centreHu: number;
  readonly widthHu: number;
}

const TEXT_SCALE = 2;
const LETTERS: Rgb = [255, 214, 102];
const BLACK: Rgb = [0, 0, 0];
const NOTES: Rgb = [235, 235, 235];
const SCALE_BAR_MM = 50;
const MARGIN = 6;

export function drawTile(
  picture: Picture,
  left: number,
  top: number,
  volume: HounsfieldVolume,
  rois: readonly SheetRoi[],
  plane: AxialPlane,
  window: GreyWindow,
): void {
  const samples = planeSamples(volume.grid, plane);
  drawGrey(picture, left, top, sampleHu(volume, samples), plane, window);
  for (const roi of rois) drawContour(picture, left, top, sampleMask(roi.mask, samples), plane, roi.color);
  drawLetters(picture, left, top, plane);
  drawNotes(picture, left, top, plane);
}

function drawGrey(
  picture: Picture,
  left: number,
  top: number,
  hu: Float32Array,
  { width, height }: AxialPlane,
  { centreHu, widthHu }: GreyWindow,
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = (hu[y * width + x] - centreHu) / widthHu + 0.5;
      const grey = share <= 0 ? 0 : share >= 1 ? 255 : (255 * share + 0.5) | 0;
      setPixel(picture, left + x, top + y, [grey, grey, grey]);
    }
  }
}

/** The innermost pixels of the mask, and half as strong the pixels just outside: a line of two pixels that stays with its organ. */
function drawContour(
  picture: Picture,
  left: number,
  top: number,
  inside: Uint8Array,
  { width, height }: AxialPlane,
  color: Rgb,
): void {
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : inside[y * width + x]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const own = at(x, y);
      const neighbours = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1);
      if (own === 1 && neighbours < 4) setPixel(picture, left + x, top + y, color);
      else if (own === 0 && neighbours > 0) setPixel(picture, left + x, top + y, color, 0.45);
    }
  }
}

function drawLetters(picture: Picture, left: number, top: number, { width, height }: AxialPlane): void {
  const letterHeight = GLYPH_HEIGHT * TEXT_SCALE;
  const letterWidth = textWidth('R', TEXT_SCALE);
  const middleX = left + Math.round((width - letterWidth) / 2);
  const middleY = top + Math.round((height - letterHeight) / 2);
  const draw = (letter: string, x: number, y: number) => drawOutlinedText(picture, letter, x, y, TEXT_SCALE, LETTERS);
  draw('R', left + MARGIN, middleY);
  draw('L', left + width - letterWidth - MARGIN, middleY);
  draw('A', middleX, top + MARGIN);
  draw('P', middleX, top + height - letterHeight - MARGIN);
}

function drawNotes(picture: Picture, left: number, top: number, plane: AxialPlane): void {
  const bottom = top + plane.height - GLYPH_HEIGHT * TEXT_SCALE - MARGIN;
  const position = `${plane.zMm < 0 ? '-' : '+'}${Math.abs(plane.zMm).toFixed(1)} mm`;
  drawOutlinedText(picture, position, left + MARGIN, bottom, TEXT_SCALE, NOTES);
  const bar = Math.round(SCALE_BAR_MM / plane.pixelMm);
  const barLeft = left + plane.width - bar - MARGIN;
  const labelLeft = left + plane.width - textWidth('5 cm', TEXT_SCALE) - MARGIN;
  drawOutlinedText(picture, '5 cm', labelLeft, bottom - MARGIN, TEXT_SCALE, NOTES);
  const barTop = bottom + GLYPH_HEIGHT * TEXT_SCALE - 3;
  fillRectangle(picture, barLeft - 1, barTop - 1, bar + 2, 5, BLACK);
  fillRectangle(picture, barLeft, barTop, bar, 3, NOTES);
}
