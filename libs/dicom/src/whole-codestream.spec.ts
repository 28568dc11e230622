import * as fc from 'fast-check';
import { caught, codeOf } from '../test-support/caught';
import { codestreamSize, requireWholeCodestream } from './whole-codestream';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/ /g, ''), 'hex'));

describe('codestreamSize', () => {
  it.each([
    ['baseline JPEG', 'ffd8 ffe0 0004 4a46 ffc0 000b 08 0040 0060 01 011100', { rows: 64, columns: 96 }],
    [
      'lossless JPEG behind a table',
      'ffd8 ffc4 0004 0000 ffc3 000b 10 0200 0100 01 011100',
      { rows: 512, columns: 256 },
    ],
    ['JPEG-LS', 'ffd8 fff7 000b 0c 0200 0201 01 011100', { rows: 512, columns: 513 }],
    ['a JPEG with fill bytes', 'ffd8 ffff ffc0 000b 08 0001 0002 01 011100', { rows: 1, columns: 2 }],
    ['a JPEG that says its height at the end', 'ffd8 ffc0 000b 08 0000 0002 01 011100', { rows: 0, columns: 2 }],
    [
      'JPEG 2000 with an offset',
      'ff4f ff51 0029 0000 00000208 00000108 00000008 00000008 00000000',
      { columns: 512, rows: 256 },
    ],
    ['RLE', '01000000 40000000 0000', undefined],
    ['nothing', '', undefined],
    ['a cut JPEG', 'ffd8 ffc0 000b', undefined],
  ])('reads that of %s', (_what, bytes, size) => expect(codestreamSize(hex(bytes))).toEqual(size));

  it('ends for any bytes', () => {
    const stream = fc.uint8Array({ maxLength: 300 }).map((rest) => Uint8Array.of(0xff, 0xd8, 0xff, ...rest));
    fc.assert(fc.property(stream, (bytes) => void codestreamSize(bytes)));
  });

  const whole = 'ffd8 ffc0 000b 08 0040 0060 01 011100 1234 ffd9';
  const size = { rows: 64, columns: 96 };

  it.each([whole, `${whole} 00`, `${whole} ff`, `${whole} 0000 0000`])('takes a whole stream: %s', (bytes) => {
    expect(caught(() => requireWholeCodestream(hex(bytes), size))).toBeUndefined();
  });

  it.each([
    ['another height', whole, { ...size, rows: 65 }],
    ['another width', whole, { ...size, columns: 95 }],
    ['no end', whole.replace('ffd9', ''), size],
    ['an end that is cut', whole.replace('ffd9', 'ff'), size],
    ['no size', 'ffd8 ffd9', size],
  ])('refuses a stream with %s', (_what, bytes, described) => {
    expect(codeOf(caught(() => requireWholeCodestream(hex(bytes), described)))).toBe('DECODING_FAILED');
  });
});
