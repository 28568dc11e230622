/**
 * The part of an image that is shown, and how large (PS3.18 8.3.5.1.3): scaled with its proportions kept until it fits. A negative
 * source width or height mirrors. Downwards every source pixel counts by its area, upwards it is interpolated.
 */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  /** In source pixels; the whole image without it. */
  readonly source?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** Where source pixel coordinates (pixel centres are whole numbers) come to lie in the picture. */
export interface Placement {
  readonly width: number;
  readonly height: number;
  toPicture(column: number, row: number): readonly [x: number, y: number];
  /** Source position of the left (upper) edge of a picture column (row); pixel edges are whole numbers here. */
  sourceX(x: number): number;
  sourceY(y: number): number;
}

export function placeImage(columns: number, rows: number, viewport?: Viewport): Placement {
  const { x: left, y: top, width, height } = viewport?.source ?? { x: 0, y: 0, width: columns, height: rows };
  const scale = viewport ? Math.min(viewport.width / Math.abs(width), viewport.height / Math.abs(height)) : 1;
  const size = (extent: number) => Math.max(1, Math.round(Math.abs(extent) * scale));
  const horizontal = axis(left, width, size(width));
  const vertical = axis(top, height, size(height));
  return {
    width: size(width),
    height: size(height),
    toPicture: (column, row) => [horizontal.toPicture(column), vertical.toPicture(row)],
    sourceX: horizontal.source,
    sourceY: vertical.source,
  };
}

function axis(start: number, extent: number, pixels: number) {
  const step = Math.abs(extent) / pixels;
  const mirrored = extent < 0;
  const end = start + Math.abs(extent);
  return {
    source: (at: number) => (mirrored ? end - at * step : start + at * step),
    toPicture: (centre: number) => (mirrored ? end - centre - 0.5 : centre + 0.5 - start) / step - 0.5,
  };
}

/** Scales samples of `channels` bytes a pixel. */
export function scaleSamples(
  samples: Uint8Array,
  columns: number,
  rows: number,
  channels: number,
  placement: Placement,
): Uint8Array {
  const { width, height } = placement;
  const across = weightsOf(width, columns, placement.sourceX);
  const down = weightsOf(height, rows, placement.sourceY);
  if (across.isIdentity && down.isIdentity && width === columns && height === rows) return samples;
  const half = new Float32Array(width * rows * channels);
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let at = across.starts[x]; at < across.starts[x + 1]; at++) {
          sum += across.weights[at] * samples[(row * columns + across.indices[at]) * channels + c];
        }
        half[(row * width + x) * channels + c] = sum;
      }
    }
  }
  return downwards(half, width * channels, height, down);
}

function downwards(half: Float32Array, rowLength: number, height: number, down: Weights): Uint8Array {
  const scaled = new Uint8ClampedArray(rowLength * height);
  for (let y = 0; y < height; y++) {
    for (let at = 0; at < rowLength; at++) {
      let sum = 0;
      for (let w = down.starts[y]; w < down.starts[y + 1]; w++) {
        sum += down.weights[w] * half[down.indices[w] * rowLength + at];
      }
      scaled[y * rowLength + at] = sum;
    }
  }
  return new Uint8Array(scaled.buffer);
}

/** For each picture pixel the source pixels that make it; `starts` has one entry more than there are pixels. */
interface Weights {
  readonly starts: Int32Array;
  readonly indices: readonly number[];
  readonly weights: readonly number[];
  readonly isIdentity: boolean;
}

function weightsOf(pixels: number, sourcePixels: number, source: (at: number) => number): Weights {
  const starts = new Int32Array(pixels + 1);
  const indices: number[] = [];
  const weights: number[] = [];
  for (let at = 0; at < pixels; at++) {
    const [low, high] = [Math.min(source(at), source(at + 1)), Math.max(source(at), source(at + 1))];
    const found = high - low >= 1 ? areas(low, high) : neighbours((low + high) / 2 - 0.5);
    for (const [index, weight] of found) {
      indices.push(Math.min(Math.max(index, 0), sourcePixels - 1));
      weights.push(weight);
    }
    starts[at + 1] = indices.length;
  }
  const isIdentity = indices.length === pixels && indices.every((index, at) => index === at);
  return { starts, indices, weights, isIdentity };
}

function areas(low: number, high: number): [number, number][] {
  const found: [number, number][] = [];
  for (let index = Math.floor(low + 1e-9); index < high - 1e-9; index++) {
    found.push([index, (Math.min(high, index + 1) - Math.max(low, index)) / (high - low)]);
  }
  return found;
}

function neighbours(centre: number): [number, number][] {
  const index = Math.floor(centre);
  const fraction = centre - index;
  return fraction === 0
    ? [[index, 1]]
    : [
        [index, 1 - fraction],
        [index + 1, fraction],
      ];
}
