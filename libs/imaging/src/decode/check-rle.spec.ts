import { checkRleFrame } from './check-rle';
import type { PixelFormat } from './pixel-format';

const FORMAT: PixelFormat = {
  rows: 2,
  columns: 4,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  pixelRepresentation: 0,
};

/** A frame of these segments; offsets may be given otherwise. */
function frame(segments: readonly (readonly number[])[], offsets?: readonly number[]): Uint8Array {
  const body = segments.flat();
  const bytes = new Uint8Array(64 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, segments.length, true);
  let at = 64;
  segments.forEach((segment, index) => {
    view.setUint32(4 + 4 * index, offsets?.[index] ?? at, true);
    at += segment.length;
  });
  bytes.set(body, 64);
  return bytes;
}
const REPEATED = [0xf9, 7]; // eight times 7
const COPIED = [7, 1, 2, 3, 4, 5, 6, 7, 8];

describe('a frame in RLE', () => {
  it.each([
    ['two segments', frame([REPEATED, COPIED])],
    ['a byte that does nothing', frame([[0x80, ...REPEATED], COPIED])],
    ['padding after a segment', frame([[...REPEATED, 0], COPIED])],
    ['more bytes than pixels', frame([[0xf0, 7], COPIED])],
  ])('with %s holds what it says', (_, bytes) => expect(() => checkRleFrame(bytes, FORMAT)).not.toThrow());

  it.each([
    ['no header', new Uint8Array(63)],
    ['one segment of two', frame([REPEATED])],
    ['fifteen million segments', Object.assign(frame([REPEATED, COPIED]), { 0: 0xff, 3: 0xff })],
    ['a segment behind the end', frame([REPEATED, COPIED], [64, 0x7fffffff])],
    ['a segment in the header', frame([REPEATED, COPIED], [0, 66])],
    ['segments in the wrong order', frame([REPEATED, COPIED], [66, 64])],
    ['a run that passes the end', frame([REPEATED, [7, 1, 2]])],
    ['a repetition of nothing', frame([REPEATED, [0xf9]])],
    ['too few pixels', frame([REPEATED, [0xfb, 7]])],
  ])('with %s is refused', (_, bytes) => {
    expect(() => checkRleFrame(bytes, FORMAT)).toThrow(expect.objectContaining({ code: 'PIXEL_DATA_CORRUPT' }));
  });
});
