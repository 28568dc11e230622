import { decodeFrame } from './decode-frame';
import { FrameCodec, PixelFormat } from './pixel-format';

const LITTLE = '1.2.840.10008.1.2.1';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';

const format = (changes: Partial<PixelFormat> = {}): PixelFormat => ({
  rows: 1,
  columns: 4,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  pixelRepresentation: 0,
  ...changes,
});

const bytes = (...words: number[]) => Uint8Array.from(words.flatMap((word) => [word & 255, (word >> 8) & 255]));

describe('decodeFrame', () => {
  it.each([
    ['16 bits unsigned', format(), bytes(0, 1, 0x8000, 0xffff), [0, 1, 32768, 65535]],
    ['16 bits signed', format({ pixelRepresentation: 1 }), bytes(0, 1, 0x8000, 0xffff), [0, 1, -32768, -1]],
    [
      '12 bits unsigned, rubbish above',
      format({ bitsStored: 12, highBit: 11 }),
      bytes(0x0fff, 0xf001, 0x8800, 0x7000),
      [4095, 1, 2048, 0],
    ],
    [
      '12 bits signed, sign extended',
      format({ bitsStored: 12, highBit: 11, pixelRepresentation: 1 }),
      bytes(0x0fff, 0xf7ff, 0x0800, 0x7001),
      [-1, 2047, -2048, 1],
    ],
    [
      '12 bits at the top of the word',
      format({ bitsStored: 12, highBit: 15, pixelRepresentation: 1 }),
      bytes(0xfff5, 0x7ff0, 0x8007, 0x0010),
      [-1, 2047, -2048, 1],
    ],
    [
      '10 bits in the middle',
      format({ bitsStored: 10, highBit: 12 }),
      bytes(0x1ff8, 0xe007, 0x0008, 0x1000),
      [1023, 0, 1, 512],
    ],
    [
      '8 bits unsigned',
      format({ bitsAllocated: 8, bitsStored: 8, highBit: 7 }),
      Uint8Array.of(0, 1, 128, 255),
      [0, 1, 128, 255],
    ],
    [
      '8 bits signed',
      format({ bitsAllocated: 8, bitsStored: 8, highBit: 7, pixelRepresentation: 1 }),
      Uint8Array.of(0, 127, 128, 255),
      [0, 127, -128, -1],
    ],
    ['MONOCHROME1 as stored', format({ photometricInterpretation: 'MONOCHROME1' }), bytes(5, 6, 7, 8), [5, 6, 7, 8]],
  ])('%s', (_name, pixelFormat, frame, expected) => {
    expect(Array.from(decodeFrame(pixelFormat, frame, LITTLE))).toEqual(expected);
  });

  it('reads a frame at an odd offset and does not change the bytes', () => {
    const odd = new Uint8Array([9, ...bytes(0xf801, 2, 3, 4)]).subarray(1);
    const before = Array.from(odd);
    const pixels = decodeFrame(format({ bitsStored: 11, highBit: 10 }), odd, LITTLE);
    expect(Array.from(pixels)).toEqual([1, 2, 3, 4]);
    expect(Array.from(odd)).toEqual(before);
  });

  it.each([
    ['colour', format({ samplesPerPixel: 3, photometricInterpretation: 'RGB' }), 'UNSUPPORTED_PIXEL_FORMAT'],
    ['32 bits', format({ bitsAllocated: 32 }), 'UNSUPPORTED_PIXEL_FORMAT'],
    ['high bit above the word', format({ bitsStored: 12, highBit: 16 }), 'UNSUPPORTED_PIXEL_FORMAT'],
    ['more bits stored than below the high bit', format({ bitsStored: 12, highBit: 9 }), 'UNSUPPORTED_PIXEL_FORMAT'],
    ['too few bytes', format({ rows: 2 }), 'PIXEL_DATA_LENGTH'],
  ])('refuses %s', (_name, pixelFormat, code) => {
    expect(() => decodeFrame(pixelFormat, bytes(1, 2, 3, 4), LITTLE)).toThrow(expect.objectContaining({ code }));
  });

  it('gives encapsulated frames to the codec and checks what comes back', () => {
    const codec = (decoded: Uint8Array | Error): FrameCodec => ({
      supports: (uid) => uid === JPEG_2000,
      decode: () => {
        if (decoded instanceof Error) throw decoded;
        return decoded;
      },
    });
    const frame = Uint8Array.of(1, 2, 3);
    expect(Array.from(decodeFrame(format(), frame, JPEG_2000, codec(bytes(1, 2, 3, 4))))).toEqual([1, 2, 3, 4]);
    const refused = (uid: string, using?: FrameCodec) => () => decodeFrame(format(), frame, uid, using);
    const withCode = (code: string) => expect.objectContaining({ code });
    expect(refused(JPEG_2000)).toThrow(withCode('UNSUPPORTED_TRANSFER_SYNTAX'));
    expect(refused('1.2.840.10008.1.2.4.50', codec(bytes(1)))).toThrow(withCode('UNSUPPORTED_TRANSFER_SYNTAX'));
    expect(refused(JPEG_2000, codec(bytes(1, 2, 3)))).toThrow(withCode('PIXEL_DATA_LENGTH'));
    expect(refused(JPEG_2000, codec(bytes(1, 2, 3, 4, 5)))).toThrow(withCode('PIXEL_DATA_CORRUPT'));
    expect(refused(JPEG_2000, codec(new Error('trap')))).toThrow(withCode('PIXEL_DATA_CORRUPT'));
  });
});
