import type { DataSet } from './dictionary/dictionary';
import { part10Preamble } from './part10';
import { checkPixelClaims } from './pixel-claims';
import { sopClassUid } from './sop-classes';
import { parseUid } from './uid';
import { writePart10 } from './writer';

const IMAGE: DataSet = {
  SOPClassUID: sopClassUid('SecondaryCaptureImageStorage'),
  SOPInstanceUID: parseUid('1.2.3'),
  Rows: 512,
  Columns: 512,
  SamplesPerPixel: 1,
  BitsAllocated: 16,
};
const check = (more: DataSet) => () => checkPixelClaims(writePart10({ ...IMAGE, ...more }));

/** Rows and Columns as UL, which the writer would not write. */
function withLongSizes(rows: number, columns: number): Uint8Array {
  const elements = [rows, columns].map((value, index) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(0x0028, 0);
    bytes.writeUInt16LE(0x0010 + index, 2);
    bytes.write('UL', 4, 'latin1');
    bytes.writeUInt16LE(4, 6);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  });
  const uid = parseUid('1.2.3');
  const meta = { sopClassUid: uid, sopInstanceUid: uid, transferSyntaxUid: parseUid('1.2.840.10008.1.2.1') };
  return Buffer.concat([part10Preamble(meta), ...elements]);
}

describe('what an instance claims of its pixels', () => {
  it.each<[string, DataSet]>([
    ['a CT slice', {}],
    ['4 GiB', { Rows: 65_535, Columns: 65_535, BitsAllocated: 8 }],
    ['a long ultrasound', { NumberOfFrames: 5000, SamplesPerPixel: 3, BitsAllocated: 8 }],
    ['no size', { Rows: undefined, NumberOfFrames: 2_147_483_647, BitsAllocated: 32 }],
    ['a palette of 256 bytes', palette(256, 8, 256)],
    ['a palette of 65536 words', palette(0, 16, 131_072)],
    ['a descriptor without a palette', { RedPaletteColorLookupTableDescriptor: [256, 0, 16] }],
  ])('%s is believed', (_, more) => expect(check(more)).not.toThrow());

  it.each<[string, DataSet, string]>([
    ['65535 x 65535 of 16 bits', { Rows: 65_535, Columns: 65_535 }, 'DATASET_TOO_LARGE'],
    ['a product that wraps 2^32', { Rows: 65_535, Columns: 65_535, NumberOfFrames: 65_535 }, 'DATASET_TOO_LARGE'],
    ['a palette of 255 bytes for 256 entries', palette(256, 8, 254), 'DATASET_MALFORMED'],
    ['a palette of bytes for words', palette(256, 16, 256), 'DATASET_MALFORMED'],
    ['a short palette of 65536 entries', palette(0, 16, 512), 'DATASET_MALFORMED'],
  ])('%s is refused', (_, more, code) => expect(check(more)).toThrow(expect.objectContaining({ code })));

  it.each([
    [0xffffffff, 0xffffffff],
    [0xffffffff, 16],
  ])('%d rows and %d columns in 32 bits are refused', (rows, columns) => {
    expect(() => checkPixelClaims(withLongSizes(rows, columns))).toThrow(
      expect.objectContaining({ code: 'DATASET_TOO_LARGE' }),
    );
  });
});

function palette(entries: number, bits: number, bytes: number): DataSet {
  return {
    RedPaletteColorLookupTableDescriptor: [entries, 0, bits],
    RedPaletteColorLookupTableData: new Uint8Array(bytes),
  };
}
