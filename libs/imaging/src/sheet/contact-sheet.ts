/**
 * A page of axial slices with the contours of a result, for a quick look by a person. It carries no identity, only geometry, and says
 * in its banner what it is.
 */
import { maskVolumeMl } from '@modelbank/geometry';
import type { HounsfieldVolume } from '../decode/to-hounsfield';
import { ImagingError } from '../imaging-error';
import { GLYPH_HEIGHT, textWidth } from './bitmap-font';
import { blankPicture, drawText, fillRectangle, Picture, Rgb } from './canvas';
import { choosePlanes } from './choose-planes';
import { drawTile, GreyWindow, SheetRoi } from './draw-tile';

export interface ContactSheetOptions {
  readonly volume: HounsfieldVolume;
  readonly rois: readonly SheetRoi[];
  /** Said in large letters on top. */
  readonly banner?: string;
  /** One line under the banner: model, version, purpose. Never a patient's identity. */
  readonly caption?: string;
  readonly window?: GreyWindow;
  readonly tileColumns?: number;
  readonly tileRows?: number;
}

const BACKGROUND: Rgb = [18, 20, 24];
const BANNER_COLOR: Rgb = [196, 74, 24];
const WHITE: Rgb = [255, 255, 255];
const SOFT: Rgb = [190, 196, 204];
const TILE_WIDTH = 320;
const GAP = 6;
const BANNER_HEIGHT = 44;
const CAPTION_HEIGHT = 30;
const LEGEND_LINE = 30;
const SOFT_TISSUE: GreyWindow = { centreHu: 40, widthHu: 400 };

export function contactSheet(options: ContactSheetOptions): Picture {
  const { volume, rois, window = SOFT_TISSUE, tileColumns = 4, tileRows = 3 } = options;
  requireSameGrid(volume, rois);
  const masks = rois.map(({ mask }) => mask);
  const planes = choosePlanes(volume, masks, tileColumns * tileRows, TILE_WIDTH);
  const width = tileColumns * (TILE_WIDTH + GAP) + GAP;
  const legend = legendRows(rois, width);
  const tilesTop = BANNER_HEIGHT + CAPTION_HEIGHT;
  const legendTop = tilesTop + tileRows * (planes[0].height + GAP);
  const picture = blankPicture(width, legendTop + legend.length * LEGEND_LINE + GAP, BACKGROUND);
  drawHeading(picture, options, window);
  planes.forEach((plane, tile) => {
    const left = GAP + (tile % tileColumns) * (TILE_WIDTH + GAP);
    const top = tilesTop + Math.floor(tile / tileColumns) * (plane.height + GAP);
    drawTile(picture, left, top, volume, rois, plane, window);
  });
  drawLegend(picture, legend, legendTop);
  return picture;
}

function requireSameGrid({ grid }: HounsfieldVolume, rois: readonly SheetRoi[]): void {
  const fits = ({ mask }: SheetRoi) =>
    mask.grid.columns === grid.columns &&
    mask.grid.rows === grid.rows &&
    mask.grid.origins.length === grid.origins.length;
  if (!rois.every(fits)) throw new ImagingError('GEOMETRY_MISMATCH', 'A label is not on the grid of the scan');
}

function drawHeading(picture: Picture, { banner, caption }: ContactSheetOptions, window: GreyWindow): void {
  fillRectangle(picture, 0, 0, picture.width, BANNER_HEIGHT, BANNER_COLOR);
  drawText(picture, banner ?? 'AI, not approved - test purpose', GAP * 2, 11, 3, WHITE);
  const top = BANNER_HEIGHT + 8;
  drawText(picture, caption ?? '', GAP * 2, top, 2, SOFT);
  const settings = `W ${window.widthHu} L ${window.centreHu}   axial, seen from the feet`;
  drawText(picture, settings, picture.width - textWidth(settings, 2) - GAP * 2, top, 2, SOFT);
}

interface LegendEntry {
  readonly roi: SheetRoi;
  readonly text: string;
  readonly left: number;
}

/** Entries flow into as many lines as they need. */
function legendRows(rois: readonly SheetRoi[], width: number): readonly (readonly LegendEntry[])[] {
  const rows: LegendEntry[][] = [[]];
  let left = GAP * 2;
  for (const roi of rois) {
    const text = `${roi.name} ${volumeText(maskVolumeMl(roi.mask))}`;
    const entryWidth = 24 + textWidth(text, 2) + 28;
    if (left + entryWidth > width && left > GAP * 2) {
      rows.push([]);
      left = GAP * 2;
    }
    rows[rows.length - 1].push({ roi, text, left });
    left += entryWidth;
  }
  return rows;
}

function drawLegend(picture: Picture, rows: readonly (readonly LegendEntry[])[], top: number): void {
  rows.forEach((row, line) => {
    const y = top + line * LEGEND_LINE + 8;
    for (const { roi, text, left } of row) {
      fillRectangle(picture, left, y, 16, GLYPH_HEIGHT * 2, roi.color);
      drawText(picture, text, left + 24, y, 2, WHITE);
    }
  });
}

function volumeText(volumeMl: number): string {
  return volumeMl === 0 ? '(empty)' : `${volumeMl < 100 ? volumeMl.toFixed(1) : Math.round(volumeMl)} ml`;
}
