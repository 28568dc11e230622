import * as fc from 'fast-check';
import { caught, codeOf } from '../test-support/caught';
import { requireRleFrame } from './rle-frame';

const SHAPE = { rows: 2, columns: 5, samplesPerPixel: 1, bitsAllocated: 8 } as const;

function frameOf(offsets: readonly number[], ...segments: readonly number[][]): Uint8Array {
  const header = Buffer.alloc(64);
  offsets.forEach((value, at) => header.writeUInt32LE(value, at * 4));
  return Buffer.concat([header, ...segments.map((each) => Buffer.from(each))]);
}

const RUN_OF_TEN = [257 - 10, 7];
const LITERAL_OF_TEN = [9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('requireRleFrame', () => {
  it.each([
    ['a run', frameOf([1, 64], RUN_OF_TEN), SHAPE],
    ['literal bytes', frameOf([1, 64], LITERAL_OF_TEN), SHAPE],
    ['padding behind it', frameOf([1, 64], [...LITERAL_OF_TEN, 0]), SHAPE],
    ['a byte that means nothing', frameOf([1, 64], [128, ...RUN_OF_TEN]), SHAPE],
    ['more bytes than pixels', frameOf([1, 64], [257 - 16, 7]), SHAPE],
    ['two bytes a pixel', frameOf([2, 64, 66], RUN_OF_TEN, RUN_OF_TEN), { ...SHAPE, bitsAllocated: 16 } as const],
  ])('takes %s', (_what, frame, shape) => expect(caught(() => requireRleFrame(frame, shape))).toBeUndefined());

  it.each([
    ['a short header', new Uint8Array(63)],
    ['the wrong number of segments', frameOf([2, 64, 66], RUN_OF_TEN, RUN_OF_TEN)],
    ['a segment inside the header', frameOf([1, 4], RUN_OF_TEN)],
    ['a segment behind the end (CVE-2026-5441)', frameOf([1, 0xffff0000], RUN_OF_TEN)],
    ['fifteen million segments', frameOf([0xff000002, 64, 66], RUN_OF_TEN, RUN_OF_TEN)],
    ['too few pixels', frameOf([1, 64], [257 - 9, 7])],
    ['an escape at the end', frameOf([1, 64], [257 - 10])],
    ['literal bytes that are cut', frameOf([1, 64], LITERAL_OF_TEN.slice(0, 6))],
    ['bytes of nothing', new Uint8Array(80).fill(0xff)],
  ])('refuses %s', (_what, frame) => {
    expect(codeOf(caught(() => requireRleFrame(frame, SHAPE)))).toBe('DECODING_FAILED');
  });

  it('refuses segments in the wrong order', () => {
    const frame = frameOf([2, 66, 64], RUN_OF_TEN, RUN_OF_TEN);
    expect(codeOf(caught(() => requireRleFrame(frame, { ...SHAPE, bitsAllocated: 16 })))).toBe('DECODING_FAILED');
  });

  it('ends for any bytes', () => {
    const frame = fc.uint8Array({ minLength: 64, maxLength: 300 });
    fc.assert(fc.property(frame, (bytes) => void caught(() => requireRleFrame(bytes, SHAPE))));
  });
});
