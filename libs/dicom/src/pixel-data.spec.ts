import {
  EXPLICIT_BE,
  EXPLICIT_LE,
  file,
  identity,
  item,
  delimiter,
  raw,
  UNDEFINED,
  type RawEncoding,
} from '../test-support/raw-bytes';
import { readPixelFrames } from './pixel-data';
import { readPixelDescription } from './pixel-description';
import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, transferSyntaxOf } from './transfer-syntaxes';
import { parseUid } from './uid';

const us = (value: number, little = true) =>
  little ? Buffer.from([value & 255, value >>> 8]) : Buffer.from([value >>> 8, value & 255]);

interface Shape {
  rows?: number;
  columns?: number;
  frames?: number;
  bits?: number;
  signed?: number;
  extra?: Buffer[];
}

function image(
  shape: Shape,
  pixels: Uint8Array,
  syntax: string = EXPLICIT_VR_LITTLE_ENDIAN,
  encoding: RawEncoding = EXPLICIT_LE,
): Buffer {
  const { rows = 2, columns = 3, frames, bits = 16, signed = 0, extra = [] } = shape;
  const short = (tag: number, value: number) => raw(tag, 'US', us(value, encoding.little), encoding);
  return file(
    Buffer.concat([
      identity(encoding),
      short(0x00280002, 1),
      raw(0x00280004, 'CS', 'MONOCHROME2 ', encoding),
      ...(frames === undefined ? [] : [raw(0x00280008, 'IS', String(frames).padEnd(2), encoding)]),
      short(0x00280010, rows),
      short(0x00280011, columns),
      short(0x00280100, bits),
      short(0x00280101, bits),
      short(0x00280102, bits - 1),
      short(0x00280103, signed),
      ...extra,
      pixels,
    ]),
    { transferSyntaxUid: parseUid(syntax) },
  );
}

const JPEG_LS = '1.2.840.10008.1.2.4.80';
const stream = (fill: number, bytes = 6) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, fill]), Buffer.alloc(bytes - 4, fill)]);
const fragments = (...contents: Buffer[]) =>
  Buffer.concat([
    raw(0x7fe00010, 'OB', '', EXPLICIT_LE, UNDEFINED),
    ...contents.map((content) => item(content)),
    delimiter(0xfffee0dd),
  ]);
const offsets = (...values: number[]) => Buffer.from(new Uint32Array(values).buffer);
const long = (...values: number[]) => Buffer.from(new BigUint64Array(values.map(BigInt)).buffer);

describe('native frames', () => {
  const words = Buffer.from(new Uint16Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).buffer);

  it('are cut from the element', () => {
    const frames = readPixelFrames(image({ frames: 2 }, raw(0x7fe00010, 'OW', words)));
    expect(frames.map((frame) => [...frame])).toEqual([[...words.subarray(0, 12)], [...words.subarray(12)]]);
  });

  it('come in little-endian order from big endian', () => {
    const swapped = Buffer.from(words).swap16();
    const bytes = image(
      { frames: 2 },
      raw(0x7fe00010, 'OW', swapped, EXPLICIT_BE),
      EXPLICIT_VR_BIG_ENDIAN,
      EXPLICIT_BE,
    );
    expect(Buffer.concat(readPixelFrames(bytes))).toEqual(words);
  });

  it('of one bit are shifted to begin with a byte', () => {
    // 3 frames of 2 x 3 bits: 0b111000, 0b101010, 0b000111, least significant bit first
    const packed = 0b111000 | (0b101010 << 6) | (0b000111 << 12);
    const bytes = image(
      { frames: 3, bits: 1 },
      raw(0x7fe00010, 'OB', Buffer.from([packed & 255, (packed >>> 8) & 255, packed >>> 16, 0])),
    );
    expect(readPixelFrames(bytes).map((frame) => frame[0])).toEqual([0b111000, 0b101010, 0b000111]);
  });

  it.each([
    ['too short', words.subarray(0, 22)],
    ['too long', Buffer.concat([words, words])],
    ['nothing', Buffer.alloc(0)],
  ])('are refused when the element is %s', (_name, pixels) => {
    expect(() => readPixelFrames(image({ frames: 2 }, raw(0x7fe00010, 'OW', pixels)))).toThrow(
      expect.objectContaining({ code: 'DECODING_FAILED' }),
    );
  });

  it('are truncated when the file is', () => {
    const bytes = image({ frames: 2 }, raw(0x7fe00010, 'OW', words));
    expect(() => readPixelFrames(bytes.subarray(0, bytes.length - 1))).toThrow(
      expect.objectContaining({ code: 'DATASET_TRUNCATED' }),
    );
  });
});

describe('encapsulated frames (PS3.5 A.4)', () => {
  const a = stream(1);
  const b = stream(2, 8);
  const tail = Buffer.from([9, 9, 9, 9]);
  const framesOf = (shape: Shape, ...contents: Buffer[]) =>
    readPixelFrames(image(shape, fragments(...contents), JPEG_LS)).map((frame) => Buffer.from(frame));

  it.each<[string, number, Buffer[], Buffer[]]>([
    ['one frame of one fragment', 1, [Buffer.alloc(0), a], [a]],
    ['one frame of two fragments', 1, [Buffer.alloc(0), a, tail], [Buffer.concat([a, tail])]],
    ['a fragment for each frame', 2, [Buffer.alloc(0), a, b], [a, b]],
    ['frames by their basic offsets', 2, [offsets(0, 14 + 12), a, tail, b], [Buffer.concat([a, tail]), b]],
    ['frames by their first bytes, without a table', 2, [Buffer.alloc(0), a, tail, b], [Buffer.concat([a, tail]), b]],
  ])('%s', (_name, frames, contents, expected) => {
    expect(framesOf({ frames }, ...contents)).toEqual(expected);
  });

  it('by the extended offset table, cut to their stated lengths', () => {
    const extra = [raw(0x7fe00001, 'OV', long(0, 14)), raw(0x7fe00002, 'OV', long(5, 8))];
    expect(framesOf({ frames: 2, extra }, Buffer.alloc(0), a, b)).toEqual([a.subarray(0, 5), b]);
  });

  it.each<[string, number, Buffer[]]>([
    ['a table with too few entries', 2, [offsets(0), a, b]],
    ['a table that points between fragments', 2, [offsets(0, 15), a, b]],
    ['a table that goes back', 3, [offsets(0, 14, 14), a, b]],
    ['a table that does not begin at the first', 1, [offsets(14), a, b]],
    ['more frames than fragments', 3, [Buffer.alloc(0), a, b]],
    ['no fragments', 1, [Buffer.alloc(0)]],
    ['nothing at all', 1, []],
    ['a first fragment that begins no stream', 2, [Buffer.alloc(0), tail, a, b]],
  ])('refuses %s', (_name, frames, contents) => {
    expect(() => framesOf({ frames }, ...contents)).toThrow(expect.objectContaining({ code: 'DECODING_FAILED' }));
  });

  it('refuses native pixels in an encapsulated syntax, and fragments in a native one', () => {
    const native = raw(0x7fe00010, 'OW', Buffer.alloc(12));
    expect(() => readPixelFrames(image({}, native, JPEG_LS))).toThrow(
      expect.objectContaining({ code: 'DECODING_FAILED' }),
    );
    expect(() => readPixelFrames(image({}, fragments(Buffer.alloc(0), a)))).toThrow(
      expect.objectContaining({ code: 'DECODING_FAILED' }),
    );
  });
});

describe('the description of pixels', () => {
  const pixels = raw(0x7fe00010, 'OW', Buffer.alloc(12));
  const ds = (tag: number, value: string) => raw(tag, 'DS', value.padEnd(value.length + (value.length % 2)));

  it('says how to read them', () => {
    const extra = [
      raw(0x00280120, 'US', us(63536)),
      ds(0x00281050, '40\\600'),
      ds(0x00281051, '400\\1500'),
      ds(0x00281052, '-1024'),
      ds(0x00281053, '1.5'),
    ];
    expect(readPixelDescription(image({ signed: 1, extra }, pixels))).toEqual({
      transferSyntax: transferSyntaxOf(EXPLICIT_VR_LITTLE_ENDIAN),
      rows: 2,
      columns: 3,
      numberOfFrames: 1,
      samplesPerPixel: 1,
      photometricInterpretation: 'MONOCHROME2',
      bitsAllocated: 16,
      bitsStored: 16,
      highBit: 15,
      pixelRepresentation: 1,
      rescaleSlope: 1.5,
      rescaleIntercept: -1024,
      rescaleUnit: 'HU',
      pixelPaddingValue: -2000,
      pixelPaddingRangeLimit: undefined,
      windows: [
        { center: 40, width: 400 },
        { center: 600, width: 1500 },
      ],
      frameBytes: 12,
    });
  });

  it.each<[string, Buffer[], string | undefined]>([
    ['a rescale without a type', [ds(0x00281052, '-1024'), ds(0x00281053, '1')], 'HU'],
    ['a type', [ds(0x00281052, '0'), ds(0x00281053, '1'), raw(0x00281054, 'LO', 'z_eff ')], 'Z_EFF'],
    ['no intercept', [ds(0x00281053, '1'), raw(0x00281054, 'LO', 'HU')], undefined],
    ['nothing', [], undefined],
  ])('says what rescaled values are in: %s', (_what, extra, unit) => {
    expect(readPixelDescription(image({ extra }, pixels)).rescaleUnit).toBe(unit);
  });

  it.each<[string, Shape, string]>([
    ['no rows', { rows: 0 }, 'DECODING_FAILED'],
    ['12 bits allocated', { bits: 12 }, 'DECODING_FAILED'],
    ['a sign of 2', { signed: 2 }, 'DECODING_FAILED'],
    ['no slope', { extra: [ds(0x00281053, '0')] }, 'DECODING_FAILED'],
    ['a slope of text', { extra: [ds(0x00281053, 'one')] }, 'DECODING_FAILED'],
    ['65535 x 65535 x 65535 frames', { rows: 65535, columns: 65535, frames: 65535 }, 'DATASET_TOO_LARGE'],
    ['4 GiB and a bit', { rows: 65535, columns: 65535, bits: 8, frames: 2 }, 'DATASET_TOO_LARGE'],
  ])('refuses %s', (_name, shape, code) => {
    expect(() => readPixelDescription(image(shape, pixels))).toThrow(expect.objectContaining({ code }));
  });

  it('refuses rows that came as UL FFFFFFFF before anything is allocated', () => {
    const bytes = file(
      Buffer.concat([
        identity(),
        raw(0x00280010, 'UL', Buffer.alloc(4, 0xff)),
        raw(0x00280011, 'UL', Buffer.alloc(4, 0xff)),
      ]),
    );
    expect(() => readPixelFrames(bytes)).toThrow(expect.objectContaining({ code: 'DECODING_FAILED' }));
  });
});
