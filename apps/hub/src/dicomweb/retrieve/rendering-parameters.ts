/**
 * The query parameters of rendered resources (PS3.18 8.3.5.1): window, viewport, quality, annotation; and ours for contours: `structureSet`
 * (SOP Instance UIDs), `overlay=contours` (all of the study) and `legend`. Every number is bounded before anything is allocated by it.
 */
import type { Request } from 'express';
import { HubError } from '@modelbank/contracts';
import { isUid } from '@modelbank/dicom';
import { ANNOTATIONS } from '@modelbank/inference';
import type { Annotation, RenderFrame } from '@modelbank/inference';

export interface RenderingParameters {
  readonly window?: RenderFrame['window'];
  readonly viewport?: RenderFrame['viewport'];
  readonly quality: number;
  readonly annotations: readonly Annotation[];
  /** SOP Instance UIDs of structure sets, or all of the study. */
  readonly overlay: readonly string[] | 'study';
  readonly legend: boolean;
}

interface ImageSize {
  readonly rows: number;
  readonly columns: number;
}

export const MOST_OVERLAYS = 8;
const LARGEST_SIDE = 8192;
const MOST_PICTURE_PIXELS = 16 * 1024 * 1024;
const MOST_SOURCE_PIXELS = 64n * 1024n * 1024n;
const THUMBNAIL = { width: 128, height: 128 };
const DEFAULT_QUALITY = 90;

/** Of `/rendered`. */
export function renderingParameters({ query }: Request, image: ImageSize): RenderingParameters {
  requireShowable(image);
  return {
    window: optional(query, 'window', windowOf),
    viewport: optional(query, 'viewport', (text) => viewportOf(text, image)),
    quality: optional(query, 'quality', qualityOf) ?? DEFAULT_QUALITY,
    annotations: optional(query, 'annotation', annotationsOf) ?? [],
    overlay: overlayOf(query),
    legend: optional(query, 'legend', flagOf) ?? false,
  };
}

/** Of `/thumbnail`, which knows the viewport only (PS3.18 10.4.1.1.8). */
export function thumbnailParameters({ query }: Request, image: ImageSize): RenderingParameters {
  requireShowable(image);
  const viewport = optional(query, 'viewport', (text) => viewportOf(text, image)) ?? THUMBNAIL;
  return { viewport, quality: DEFAULT_QUALITY, annotations: [], overlay: [], legend: false };
}

/** BigInt: the product of what a header says may be anything (bad-inputs.md E1). */
function requireShowable({ rows, columns }: ImageSize): void {
  const whole = Number.isSafeInteger(rows) && Number.isSafeInteger(columns) && rows > 0 && columns > 0;
  if (whole && BigInt(rows) * BigInt(columns) <= MOST_SOURCE_PIXELS) return;
  throw new HubError('DECODING_FAILED', 'the image has no size, or more than 64 million pixels');
}

function windowOf(text: string): RenderFrame['window'] {
  const [center, width, name = 'linear', ...rest] = text.split(',');
  const kind = FUNCTIONS.get(name.trim().toLowerCase());
  const numbers = [center, width].map(decimal);
  const smallest = kind === 'LINEAR' ? 1 : Number.MIN_VALUE;
  if (kind === undefined || rest.length > 0 || !(numbers[1] >= smallest) || !Number.isFinite(numbers[0])) {
    throw invalid('window is center,width,function: two numbers and linear, linear-exact or sigmoid');
  }
  return { center: numbers[0], width: numbers[1], function: kind };
}

const FUNCTIONS = new Map([
  ['linear', 'LINEAR'],
  ['linear-exact', 'LINEAR_EXACT'],
  ['sigmoid', 'SIGMOID'],
] as const) as ReadonlyMap<string, 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID'>;

function viewportOf(text: string, image: ImageSize): RenderFrame['viewport'] {
  const [width, height, ...source] = text.split(',').map((part) => (part.trim() === '' ? undefined : decimal(part)));
  if (!isSide(width) || !isSide(height) || source.length > 4 || width * height > MOST_PICTURE_PIXELS) {
    throw invalid('viewport is vw,vh or vw,vh,sx,sy,sw,sh with sides of 1 to 8192 pixels, 16 million in all');
  }
  if (source.length === 0) return { width, height };
  const [x = 0, y = 0, sourceWidth = image.columns - x, sourceHeight = image.rows - y] = source;
  const inside = (start: number, extent: number, size: number) =>
    start >= 0 && Math.abs(extent) >= 1 && start + Math.abs(extent) <= size;
  if (!inside(x, sourceWidth, image.columns) || !inside(y, sourceHeight, image.rows)) {
    throw invalid('the source region of the viewport does not lie inside the image');
  }
  return { width, height, source: { x, y, width: sourceWidth, height: sourceHeight } };
}

const isSide = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 1 && value <= LARGEST_SIDE;

function qualityOf(text: string): number {
  if (/^(?:[1-9]\d?|100)$/.test(text)) return Number(text);
  throw invalid('quality is a whole number from 1 to 100');
}

function annotationsOf(text: string): readonly Annotation[] {
  const names = text.split(',').map((name) => name.trim());
  const known = ANNOTATIONS.filter((name) => names.includes(name));
  if (known.length === new Set(names).size) return known;
  throw invalid('annotation is patient, technique or both, separated by a comma');
}

function overlayOf(query: Request['query']): readonly string[] | 'study' {
  const uids = optional(query, 'structureSet', (text) => text.split(',')) ?? [];
  if (uids.length > MOST_OVERLAYS || !uids.every(isUid)) {
    throw invalid(`structureSet is up to ${MOST_OVERLAYS} SOP Instance UIDs, separated by commas`);
  }
  const overlay = optional(query, 'overlay', (text) => text);
  if (overlay !== undefined && overlay !== 'contours') throw invalid('overlay is contours');
  return uids.length > 0 || overlay === undefined ? uids : 'study';
}

function flagOf(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalid('legend is true or false');
}

function optional<T>(query: Request['query'], name: string, parse: (text: string) => T): T | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.length <= 1024) return parse(value);
  throw invalid(`${name} is given twice, or is too long`);
}

const decimal = (text: string | undefined): number =>
  text !== undefined && /^\s*[+-]?\d{1,9}(?:\.\d{1,9})?(?:[eE][+-]?\d{1,2})?\s*$/.test(text) ? Number(text) : NaN;

const invalid = (message: string) => new HubError('INVALID_REQUEST', message);
