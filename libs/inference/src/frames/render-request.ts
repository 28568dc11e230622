/** Renders one frame of a file with the window, the contours and the text that a request asks for. */
import { readFileSync } from 'node:fs';
import { DicomError, readInstanceHeader } from '@modelbank/dicom';
import type { Part10, PixelDescription, ReadableDataSet } from '@modelbank/dicom';
import { gridFromSlices } from '@modelbank/geometry';
import type { Grid } from '@modelbank/geometry';
import { paletteTable, renderFrame } from '@modelbank/imaging';
import type { OverlayRoi, Palette, VoiWindow } from '@modelbank/imaging';
import { contoursOnImage, readStructureSet } from '@modelbank/structures';
import type { ImagePlane, ReadStructureSet } from '@modelbank/structures';
import { annotationLines } from './annotation-lines';
import type { RenderFrame } from './frame-messages';
import { nativeFrame, decodedPhotometricInterpretation } from './native-frame';
import type { OpenFrames } from './open-frames';
import { encodePicture } from './picture-file';

/** Pixels of a picture, and of the frame that it is made from. */
export const MOST_PIXELS = 64n * 1024n * 1024n;
const DEFAULT_COLOR = [255, 214, 0] as const;

/** Throws a DicomError or an ImagingError. */
export function renderRequest(frames: OpenFrames, frame: Uint8Array, request: RenderFrame): Buffer {
  const { description } = frames;
  const { part10 } = frames.header;
  requireRenderable(description);
  const native = nativeFrame(frame, description);
  const { dataSet } = part10;
  const window = request.window ?? windowOf(dataSet, description);
  const isDecoded = description.transferSyntax.encapsulated;
  const photometricInterpretation =
    decodedPhotometricInterpretation(description) ?? description.photometricInterpretation;
  const picture = renderFrame(native, {
    format: {
      ...description,
      photometricInterpretation,
      planarConfiguration: isDecoded ? 0 : description.planarConfiguration,
      palette: photometricInterpretation === 'PALETTE COLOR' ? paletteOf(dataSet) : undefined,
    },
    window,
    viewport: request.viewport,
    overlay: request.structureSetPaths.flatMap((path) => overlayOf(path, part10)),
    legend: request.legend,
    notes: annotationLines(dataSet, request.annotations, window),
  });
  return encodePicture(picture, request.format, request.quality);
}

function requireRenderable({ rows, columns }: PixelDescription): void {
  if (BigInt(rows) * BigInt(columns) <= MOST_PIXELS) return;
  throw new DicomError('DATASET_TOO_LARGE', 'a frame has more than 64 million pixels');
}

/** The first window of the data set, or none (PS3.3 C.11.2.1.2). */
function windowOf(dataSet: ReadableDataSet, { windows: [first] }: PixelDescription): VoiWindow | undefined {
  if (first === undefined) return undefined;
  const stated = dataSet.text('VOILUTFunction');
  const kind = stated === 'SIGMOID' || stated === 'LINEAR_EXACT' ? stated : 'LINEAR';
  return first.width >= 1 || kind !== 'LINEAR' ? { ...first, function: kind } : undefined;
}

function paletteOf(dataSet: ReadableDataSet): Palette {
  const table = (colour: 'Red' | 'Green' | 'Blue') => {
    const data = `${colour}PaletteColorLookupTableData` as const;
    const words =
      dataSet.vr(data) === 'OW' ? new Uint8Array(Uint16Array.from(dataSet.numbers(data)).buffer) : undefined;
    const descriptor = dataSet.numbers(`${colour}PaletteColorLookupTableDescriptor`);
    return paletteTable(descriptor, words ?? dataSet.bytes(data) ?? new Uint8Array(0));
  };
  return { red: table('Red'), green: table('Green'), blue: table('Blue') };
}

function overlayOf(path: string, image: Part10): OverlayRoi[] {
  const plane = imagePlane(image);
  if (plane === undefined) return [];
  return contoursOnImage(structureSetOf(path), plane).map(({ name, color, loops }) => ({
    name,
    loops,
    color: color ?? DEFAULT_COLOR,
  }));
}

/** Undefined for an image that does not say where it lies. */
function imagePlane(image: Part10): ImagePlane | undefined {
  const { sopInstanceUid, frameOfReferenceUid, sliceThicknessMm, ...header } = readInstanceHeader(image);
  const grid = sliceGrid(header);
  return grid && { sopInstanceUid, frameOfReferenceUid, grid, thicknessMm: sliceThicknessMm };
}

/** A slice and a second one like it, one millimetre on: the geometry library checks stacks, and a stack of one has no normal to check. */
function sliceGrid(header: Omit<ReturnType<typeof readInstanceHeader>, 'sopInstanceUid'>): Grid | undefined {
  const { imagePositionPatient: position, imageOrientationPatient: o } = header;
  if (position === undefined || o === undefined) return undefined;
  const normal = [o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]];
  const second = [position[0] + normal[0], position[1] + normal[1], position[2] + normal[2]] as const;
  const { grid } = gridFromSlices([header, { ...header, imagePositionPatient: second }]);
  return grid && { ...grid, origins: [position] };
}

/** The last ones read: a viewer turns the pages of one series with the same contours. */
const lastRead = new Map<string, ReadStructureSet>();
const KEPT = 4;

function structureSetOf(path: string): ReadStructureSet {
  const set = lastRead.get(path) ?? readStructureSet(readFileSync(path));
  lastRead.delete(path);
  lastRead.set(path, set);
  for (const oldest of lastRead.keys()) {
    if (lastRead.size <= KEPT) break;
    lastRead.delete(oldest);
  }
  return set;
}
