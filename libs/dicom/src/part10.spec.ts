import { DicomError } from './dicom-error';
import { IMPLEMENTATION_CLASS_UID, part10Preamble, splitPart10 } from './part10';
import { raw } from '../test-support/raw-bytes';
import { EXPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntaxes';
import { isUid, parseUid } from './uid';

const META = {
  sopClassUid: parseUid('1.2.840.10008.5.1.4.1.1.2'),
  sopInstanceUid: parseUid('1.2.3.45'),
  transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
};

const codeOf = (bytes: Uint8Array) => {
  try {
    splitPart10(bytes);
    return 'none';
  } catch (error) {
    return error instanceof DicomError ? error.code : 'other';
  }
};

/** Preamble and prefix, then the given meta elements, then the first element of a data set. */
const fileOf = (...meta: Uint8Array[]) =>
  Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), ...meta, raw(0x00080005, 'CS', 'ISO_IR 192')]);
const SYNTAX = raw(0x00020010, 'UI', '1.2.840.10008.1.2.1\0');

describe('file meta information (PS3.10 7.1)', () => {
  it('is read as it was written, with a zero preamble', () => {
    const preamble = part10Preamble({ ...META, sourceAeTitle: 'AARHUS_TPS' });
    expect(preamble.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect(splitPart10(Buffer.concat([preamble, Buffer.from('rest')]))).toEqual({
      meta: { ...META, sourceAeTitle: 'AARHUS_TPS' },
      dataSetOffset: preamble.length,
    });
    expect(preamble.length % 2).toBe(0);
    expect(isUid(IMPLEMENTATION_CLASS_UID)).toBe(true);
  });

  it('states its own length in the group length', () => {
    const preamble = Buffer.from(part10Preamble(META));
    expect(preamble.readUInt32LE(140)).toBe(preamble.length - 144);
  });

  it.each([
    ['0', 0],
    ['too short', 4],
    ['too long', 5000],
    ['FFFFFFFF', 0xffffffff],
  ])('does not trust a group length of %s', (_name, length) => {
    const groupLength = Buffer.alloc(4);
    groupLength.writeUInt32LE(length);
    const bytes = fileOf(raw(0x00020000, 'UL', groupLength), SYNTAX);
    expect(splitPart10(bytes).dataSetOffset).toBe(132 + 12 + SYNTAX.length);
  });

  it.each([
    ['no transfer syntax', fileOf(raw(0x00020002, 'UI', '1.2\0')), 'DATASET_MALFORMED'],
    ['an empty transfer syntax', fileOf(raw(0x00020010, 'UI', '')), 'DATASET_MALFORMED'],
    ['a transfer syntax that is no UID', fileOf(raw(0x00020010, 'UI', 'explicit')), 'UID_INVALID'],
    ['two transfer syntaxes', fileOf(SYNTAX, SYNTAX), 'DATASET_MALFORMED'],
    ['VR ZZ', fileOf(raw(0x00020002, 'ZZ', '1.2\0'), SYNTAX), 'DATASET_MALFORMED'],
    ['VR of two NULs', fileOf(raw(0x00020002, '\0\0', '1.2\0'), SYNTAX), 'DATASET_MALFORMED'],
    ['an element of 4 GiB', fileOf(raw(0x00020001, 'OB', '', undefined, 0xffffffff)), 'DATASET_MALFORMED'],
    ['cut at byte 131', fileOf(SYNTAX).subarray(0, 131), 'NOT_DICOM'],
    ['cut at byte 132', fileOf(SYNTAX).subarray(0, 132), 'DATASET_MALFORMED'],
    ['cut at byte 136', fileOf(SYNTAX).subarray(0, 136), 'DATASET_TRUNCATED'],
    ['cut at byte 140', fileOf(SYNTAX).subarray(0, 150), 'DATASET_TRUNCATED'],
    ['nothing', Buffer.alloc(0), 'NOT_DICOM'],
    ['text', Buffer.from('a letter about a patient '.repeat(20)), 'NOT_DICOM'],
    [
      'a million elements',
      fileOf(...Array.from({ length: 9000 }, (_, i) => raw(0x00020200 + i, 'SH', '')), SYNTAX),
      'DATASET_TOO_LARGE',
    ],
  ])('refuses: %s', (_name, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });
});

it('compares the stated length of the meta group, and reads on when it is wrong or missing', () => {
  const bytes = Buffer.from(
    part10Preamble({
      sopClassUid: parseUid('1.2.840.10008.5.1.4.1.1.2'),
      sopInstanceUid: parseUid('1.2.3'),
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    }),
  );
  expect(splitPart10(bytes).groupLengthIsWrong).toBeUndefined();
  for (const wrong of [0, bytes.readUInt32LE(140) + 2, 0xffffffff]) {
    const lying = Buffer.from(bytes);
    lying.writeUInt32LE(wrong, 140);
    expect(splitPart10(lying)).toMatchObject({ groupLengthIsWrong: true, dataSetOffset: bytes.length });
  }
  const without = Buffer.concat([bytes.subarray(0, 132), bytes.subarray(144)]);
  expect(splitPart10(without).groupLengthIsWrong).toBeUndefined();
});
