/** What a person sees of a result: the ROI table, and a contact sheet drawn from the RTSTRUCT that the centre received. */
import { readFile, writeFile } from 'node:fs/promises';
import { PNG } from 'pngjs';
import { readInstanceHeader } from '@modelbank/dicom';
import { contactSheet } from '@modelbank/imaging';
import type { Picture, SheetRoi } from '@modelbank/imaging';
import { decodeScan } from '@modelbank/inference';
import { maskFromContours, readStructureSet } from '@modelbank/structures';

const FALLBACK_COLOR = [255, 255, 0] as const;

/** Draws the contours of the received object, not the hub's own masks: what is shown is what arrived. Returns the path. */
export async function writeContactSheet(
  ctPaths: readonly string[],
  structureSetPath: string,
  caption: string,
  pngPath: string,
): Promise<string> {
  const structureSet = readStructureSet(await readFile(structureSetPath));
  const referenced = new Set(structureSet.referencedSeries.flatMap(({ sopInstanceUids }) => sopInstanceUids));
  const volume = await decodeScan(await imagesAmong(ctPaths, referenced));
  const rois: SheetRoi[] = structureSet.rois.map(({ name, color, contours }) => ({
    name,
    color: color ?? FALLBACK_COLOR,
    mask: maskFromContours(volume.grid, contours).mask,
  }));
  const picture = contactSheet({ volume, rois, caption, banner: 'AI, not approved - test purpose' });
  await writeFile(pngPath, encodePng(picture));
  return pngPath;
}

async function imagesAmong(paths: readonly string[], sopInstanceUids: ReadonlySet<string>): Promise<Uint8Array[]> {
  const images: Uint8Array[] = [];
  for (const path of paths) {
    const bytes = await readFile(path);
    if (sopInstanceUids.has(readInstanceHeader(bytes).sopInstanceUid)) images.push(bytes);
  }
  return images;
}

function encodePng({ width, height, rgba }: Picture): Buffer {
  const png = new PNG({ width, height });
  png.data = Buffer.from(rgba.buffer, rgba.byteOffset, rgba.byteLength);
  return PNG.sync.write(png);
}
