/** One frame as a picture of 8 bits (PS3.18 8.3.5): window, viewport, then contours and text, which keep their crisp lines. */
import type { RescaleFormat } from '../decode/pixel-format';
import { GLYPH_HEIGHT } from '../sheet/bitmap-font';
import { drawOutlinedText, fillRectangle, type Picture, type Rgb } from '../sheet/canvas';
import { drawOutlines } from './contour-lines';
import { displayedSamples, type DisplayFormat, type DisplayedSamples } from './displayed-samples';
import { greyLevels, type VoiWindow } from './grey-window';
import { placeImage, scaleSamples, type Placement, type Viewport } from './viewport';

export interface OverlayRoi {
  readonly name: string;
  readonly color: Rgb;
  /** (column, row) pairs in pixels of the frame, pixel centres at whole numbers. */
  readonly loops: readonly Float64Array[];
}

export interface FrameRendering {
  readonly format: DisplayFormat & RescaleFormat;
  readonly window?: VoiWindow;
  readonly viewport?: Viewport;
  readonly overlay?: readonly OverlayRoi[];
  /** Names of the regions, in their colours, in the lower left corner. */
  readonly legend?: boolean;
  /** Lines of text in the upper left corner. */
  readonly notes?: readonly string[];
}

/** `grey`: one byte a pixel; else a picture of four. */
export type RenderedFrame =
  | { readonly kind: 'grey'; readonly width: number; readonly height: number; readonly grey: Uint8Array }
  | ({ readonly kind: 'colour' } & Picture);

/** Renders a native frame. Throws an ImagingError for what cannot be shown. */
export function renderFrame(frame: Uint8Array, rendering: FrameRendering): RenderedFrame {
  const { format, window, viewport, overlay = [], legend = false, notes = [] } = rendering;
  const samples = displayedSamples(format, frame);
  const levels = samples.kind === 'grey' ? greyLevels(samples.pixels, { ...format, window }) : samples.rgb;
  const placement = placeImage(format.columns, format.rows, viewport);
  const channels = samples.kind === 'grey' ? 1 : 3;
  const scaled = scaleSamples(levels, format.columns, format.rows, channels, placement);
  const { width, height } = placement;
  const shown = overlay.filter(({ loops }) => loops.length > 0);
  const plain = shown.length === 0 && notes.length === 0;
  if (plain && samples.kind === 'grey') return { kind: 'grey', width, height, grey: scaled };
  const picture = pictureOf(scaled, samples.kind, width, height);
  for (const { loops, color } of shown)
    drawOutlines(
      picture,
      loops.map((loop) => placed(loop, placement)),
      color,
    );
  if (legend) drawLegend(picture, shown);
  drawNotes(picture, notes);
  return { kind: 'colour', ...picture };
}

function pictureOf(samples: Uint8Array, kind: DisplayedSamples['kind'], width: number, height: number): Picture {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  const channels = kind === 'grey' ? 1 : 3;
  for (let at = 0; at < width * height; at++) {
    for (let c = 0; c < 3; c++) rgba[at * 4 + c] = samples[at * channels + (channels === 1 ? 0 : c)];
  }
  return { width, height, rgba };
}

function placed(loop: Float64Array, placement: Placement): Float64Array {
  const outline = new Float64Array(loop.length);
  for (let at = 0; at < loop.length; at += 2) {
    [outline[at], outline[at + 1]] = placement.toPicture(loop[at], loop[at + 1]);
  }
  return outline;
}

/** Text of the contact sheet's size, half of it on small pictures. */
const textScale = ({ width }: Picture) => (width < 480 ? 1 : 2);
const lineHeight = (scale: number) => (GLYPH_HEIGHT + 3) * scale;
const MARGIN = 6;
const NOTE_COLOR: Rgb = [235, 235, 235];

function drawNotes(picture: Picture, notes: readonly string[]): void {
  const scale = textScale(picture);
  notes.forEach((note, line) => {
    drawOutlinedText(picture, note, MARGIN, MARGIN + line * lineHeight(scale), scale, NOTE_COLOR);
  });
}

function drawLegend(picture: Picture, rois: readonly OverlayRoi[]): void {
  const scale = textScale(picture);
  const height = lineHeight(scale);
  const lines = rois.slice(0, Math.max(0, Math.floor((picture.height - 2 * MARGIN) / height)));
  const top = picture.height - MARGIN - lines.length * height;
  lines.forEach(({ name, color }, line) => {
    const y = top + line * height;
    fillRectangle(picture, MARGIN, y, GLYPH_HEIGHT * scale, GLYPH_HEIGHT * scale, color);
    drawOutlinedText(picture, name, MARGIN + height, y, scale, NOTE_COLOR);
  });
}
