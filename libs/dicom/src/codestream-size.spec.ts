import * as fc from 'fast-check';
import { caught, codeOf } from '../test-support/caught';
import { codestreamSize, requireCodestreamSize } from './codestream-size';

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

  it('must be what the header says', () => {
    const frame = hex('ffd8 ffc0 000b 08 0040 0060 01 011100');
    expect(caught(() => requireCodestreamSize(frame, { rows: 64, columns: 96 }))).toBeUndefined();
    for (const other of [
      { rows: 65, columns: 96 },
      { rows: 64, columns: 95 },
    ]) {
      expect(codeOf(caught(() => requireCodestreamSize(frame, other)))).toBe('DECODING_FAILED');
    }
  });
});
