import { renderFrame, type FrameRendering, type RenderedFrame } from './render-frame';

const format = {
  rows: 2,
  columns: 4,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  pixelRepresentation: 0,
} as const;

const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);

function greys(frame: Uint8Array, rendering: FrameRendering): number[] {
  const picture = renderFrame(frame, rendering);
  if (picture.kind !== 'grey') throw new Error('not grey');
  return Array.from(picture.grey);
}

function rgbAt(picture: RenderedFrame, x: number, y: number): number[] {
  if (picture.kind !== 'colour') throw new Error('not colour');
  const at = (y * picture.width + x) * 4;
  return Array.from(picture.rgba.subarray(at, at + 3));
}

describe('grey levels', () => {
  const frame = words(0, 10, 20, 30, 40, 50, 60, 70);

  // PS3.3 C.11.2.1.2.1: y = ((x - (c - 0.5)) / (w - 1) + 0.5) * 255
  it.each<[string, FrameRendering['window'], number[]]>([
    ['LINEAR', { center: 35, width: 51, function: 'LINEAR' }, [0, 3, 54, 105, 156, 207, 255, 255]],
    ['LINEAR_EXACT', { center: 35, width: 50, function: 'LINEAR_EXACT' }, [0, 0, 51, 102, 153, 204, 255, 255]],
    ['SIGMOID', { center: 35, width: 40, function: 'SIGMOID' }, [7, 19, 47, 96, 159, 208, 236, 248]],
    [
      'LINEAR with width 1: black up to the centre',
      { center: 35, width: 1, function: 'LINEAR' },
      [0, 0, 0, 0, 255, 255, 255, 255],
    ],
    ['none: smallest to largest', undefined, [0, 36, 73, 109, 146, 182, 219, 255]],
  ])('follow a window of %s', (_name, window, expected) => {
    expect(greys(frame, { format, window })).toEqual(expected);
  });

  it('are of rescaled values', () => {
    const rescaled = { ...format, rescaleSlope: 2, rescaleIntercept: -1024 };
    const window = { center: 2 * 35 - 1024, width: 100, function: 'LINEAR_EXACT' } as const;
    expect(greys(frame, { format: rescaled, window })).toEqual([0, 0, 51, 102, 153, 204, 255, 255]);
  });

  it('are turned round for MONOCHROME1; padding is black and counts for no range', () => {
    const inverted = { ...format, photometricInterpretation: 'MONOCHROME1', pixelPaddingValue: 70 };
    expect(greys(frame, { format: inverted })).toEqual([255, 212, 170, 127, 85, 43, 0, 0]);
  });

  it('of signed values begin below zero', () => {
    const signed = { ...format, pixelRepresentation: 1 } as const;
    const pixels = new Uint8Array(Int16Array.from([-1000, -500, 0, 500, 1000, 1000, 1000, 1000]).buffer);
    expect(greys(pixels, { format: signed })).toEqual([0, 64, 128, 191, 255, 255, 255, 255]);
  });

  it('of one value only are black, not a division by zero', () => {
    expect(greys(words(7, 7, 7, 7, 7, 7, 7, 7), { format })).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('of single bits are black and white', () => {
    const bits = { ...format, bitsAllocated: 1, bitsStored: 1, highBit: 0 };
    expect(greys(Uint8Array.of(0b10000001), { format: bits })).toEqual([255, 0, 0, 0, 0, 0, 0, 255]);
  });
});

describe('colours', () => {
  const colour = { ...format, rows: 1, columns: 2, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 };

  it.each([
    ['RGB pixel by pixel', 'RGB', 0, [1, 2, 3, 250, 251, 252]],
    ['RGB plane by plane', 'RGB', 1, [1, 250, 2, 251, 3, 252]],
  ] as const)('come from %s', (_name, photometricInterpretation, planarConfiguration, bytes) => {
    const picture = renderFrame(Uint8Array.from(bytes), {
      format: { ...colour, photometricInterpretation, planarConfiguration },
    });
    expect([rgbAt(picture, 0, 0), rgbAt(picture, 1, 0)]).toEqual([
      [1, 2, 3],
      [250, 251, 252],
    ]);
  });

  it('come from YBR_FULL: red is red', () => {
    const ybr = { ...colour, photometricInterpretation: 'YBR_FULL' };
    const picture = renderFrame(Uint8Array.of(76, 85, 255, 128, 128, 128), { format: ybr });
    expect(rgbAt(picture, 0, 0)).toEqual([254, 0, 0]);
    expect(rgbAt(picture, 1, 0)).toEqual([128, 128, 128]);
  });

  it.each([
    ['two samples of 16 bits', { bitsAllocated: 16 }, 12],
    ['CMYK', { photometricInterpretation: 'CMYK' }, 6],
    ['too few bytes', { photometricInterpretation: 'RGB' }, 5],
  ])('refuse %s', (_name, changes, length) => {
    const run = () => renderFrame(new Uint8Array(length), { format: { ...colour, ...changes } });
    expect(run).toThrow(expect.objectContaining({ name: 'ImagingError' }));
  });
});

describe('viewports', () => {
  const square = { ...format, rows: 4, columns: 4 };
  const frame = words(0, 0, 255, 255, 0, 0, 255, 255, 100, 100, 50, 50, 100, 100, 50, 50);
  const window = { center: 127.5, width: 255, function: 'LINEAR_EXACT' } as const;

  it('make smaller by the area of every pixel', () => {
    expect(greys(frame, { format: square, window, viewport: { width: 2, height: 2 } })).toEqual([0, 255, 100, 50]);
    expect(greys(frame, { format: square, window, viewport: { width: 1, height: 9 } })).toEqual([101]);
  });

  it('cut and mirror', () => {
    const cut = { width: 2, height: 2, source: { x: 2, y: 1, width: 2, height: 2 } };
    expect(greys(frame, { format: square, window, viewport: cut })).toEqual([255, 255, 50, 50]);
    const mirrored = { width: 4, height: 1, source: { x: 0, y: 0, width: -4, height: 1 } };
    expect(greys(frame, { format: square, window, viewport: mirrored })).toEqual([255, 255, 0, 0]);
    const upsideDown = { width: 4, height: 4, source: { x: 0, y: 0, width: 4, height: -4 } };
    expect(greys(frame, { format: square, window, viewport: upsideDown }).slice(0, 4)).toEqual([100, 100, 50, 50]);
  });

  it('make larger in between, with the proportions kept', () => {
    const picture = renderFrame(frame, { format: square, window, viewport: { width: 8, height: 100 } });
    expect([picture.width, picture.height]).toEqual([8, 8]);
    expect(picture.kind === 'grey' && Array.from(picture.grey.subarray(0, 8))).toEqual([
      0, 0, 0, 64, 191, 255, 255, 255,
    ]);
  });
});

describe('contours', () => {
  const canvas = { ...format, rows: 40, columns: 40 };
  const black = new Uint8Array(40 * 40 * 2);
  const box = Float64Array.of(10, 10, 30, 10, 30, 30, 10, 30);
  const red = { name: 'Heart', color: [255, 0, 0] as const, loops: [box] };

  it('lie on the pixels whose centres they pass, in their colour, and nowhere else', () => {
    const picture = renderFrame(black, { format: canvas, overlay: [red] });
    for (const [x, y] of [
      [10, 10],
      [20, 10],
      [30, 20],
      [10, 25],
    ])
      expect(rgbAt(picture, x, y)).toEqual([255, 0, 0]);
    for (const [x, y] of [
      [20, 20],
      [5, 5],
      [12, 12],
      [35, 20],
    ])
      expect(rgbAt(picture, x, y)).toEqual([0, 0, 0]);
  });

  it('stay as thin when the picture is larger, and where they belong', () => {
    const picture = renderFrame(black, { format: canvas, overlay: [red], viewport: { width: 400, height: 400 } });
    // the centre of column 10 lies in the middle of picture columns 100 to 109
    const row = Array.from({ length: 400 }, (_, x) => rgbAt(picture, x, 200)[0]);
    const lit = row.flatMap((level, x) => (level > 0 ? [x] : []));
    expect(lit).toEqual([104, 105, 304, 305]);
  });

  it('follow a mirrored viewport', () => {
    const left = Float64Array.of(2, 2, 6, 2, 6, 37, 2, 37);
    const viewport = { width: 40, height: 40, source: { x: 0, y: 0, width: -40, height: 40 } };
    const picture = renderFrame(black, { format: canvas, overlay: [{ ...red, loops: [left] }], viewport });
    expect(rgbAt(picture, 37, 20)).toEqual([255, 0, 0]);
    expect(rgbAt(picture, 2, 20)).toEqual([0, 0, 0]);
  });

  it('are smooth where they are slanted, and cost nothing outside', () => {
    const slanted = Float64Array.of(-1e6, -1e6, 1e6, 1e6 + 7, -1e6, -1e6 + 3);
    const picture = renderFrame(black, { format: canvas, overlay: [{ ...red, loops: [slanted] }] });
    const levels = new Set(Array.from({ length: 40 }, (_, x) => rgbAt(picture, x, 20)[0]));
    expect(levels.size).toBeGreaterThan(2);
  });

  it('are named in a legend when asked for', () => {
    const without = renderFrame(black, { format: canvas, overlay: [red] });
    const named = renderFrame(black, { format: canvas, overlay: [red], legend: true });
    expect(rgbAt(without, 7, 26)).toEqual([0, 0, 0]);
    expect(rgbAt(named, 7, 26)).toEqual([255, 0, 0]);
  });
});
