/** What counts as the same content and what does not, value by value and attribute by attribute. */
import type { DataSet } from '../dictionary/dictionary';
import { openPart10WithPixels } from '../open-part10';
import { part10Preamble } from '../part10';
import { sopClassUid } from '../sop-classes';
import { parseUid } from '../uid';
import { writePart10 } from '../writer';
import { compareContent } from './compare-content';

const uid = (last: number) => parseUid(`1.2.3.${last}`);
const CT: DataSet = {
  SOPClassUID: sopClassUid('CTImageStorage'),
  SOPInstanceUID: uid(1),
  StudyInstanceUID: uid(2),
  SeriesInstanceUID: uid(3),
  Modality: 'CT',
  PatientID: '0101701234',
  PatientName: 'Øst^Ane',
  StudyDescription: 'Thorax',
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  ImagePositionPatient: [0, 0, 3.5],
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  PixelSpacing: [0.9765625, 0.9765625],
  RescaleSlope: 1,
  RescaleIntercept: -1024,
  Rows: 2,
  Columns: 2,
  BitsAllocated: 16,
  PixelRepresentation: 1,
  PixelPaddingValue: -2000,
  PixelData: new Uint16Array([1, 2, 3, 4]),
};
const STRUCTURES: DataSet = {
  SOPClassUID: sopClassUid('RTStructureSetStorage'),
  SOPInstanceUID: uid(1),
  StudyInstanceUID: uid(2),
  SeriesInstanceUID: uid(3),
  Modality: 'RTSTRUCT',
  PatientID: '0101701234',
  StructureSetLabel: 'AI',
  StructureSetDate: '20260101',
  ROIContourSequence: [
    {
      ReferencedROINumber: 1,
      ContourSequence: [{ ContourGeometricType: 'CLOSED_PLANAR', ContourData: [0, 0, 0, 1, 0, 0, 1, 1, 0] }],
    },
  ],
};

const open = (dataSet: DataSet, encoding: 'explicit' | 'implicit' = 'explicit') =>
  openPart10WithPixels(writePart10(dataSet, { encoding }));
const compare = (first: DataSet, second: DataSet) => compareContent(open(first), open(second));
const concerns = (first: DataSet, second: DataSet) =>
  compare(first, second).differences.map(({ attribute, concern }) => `${attribute}: ${concern}`);

/** One explicit element, byte by byte: what the writer would refuse. */
function element(tag: number, vr: string, value: string | Buffer, bigEndian = false): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const long = ['OB', 'OW', 'SQ', 'UN'].includes(vr);
  const header = Buffer.alloc(long ? 12 : 8);
  const write16 = (number: number, at: number) =>
    bigEndian ? header.writeUInt16BE(number, at) : header.writeUInt16LE(number, at);
  write16(tag >>> 16, 0);
  write16(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (!long) write16(bytes.length, 6);
  else if (bigEndian) header.writeUInt32BE(bytes.length, 8);
  else header.writeUInt32LE(bytes.length, 8);
  return Buffer.concat([header, bytes]);
}
function raw(elements: readonly Buffer[], transferSyntaxUid = '1.2.840.10008.1.2.1') {
  const meta = { sopClassUid: uid(9), sopInstanceUid: uid(1), transferSyntaxUid: parseUid(transferSyntaxUid) };
  return openPart10WithPixels(Buffer.concat([part10Preamble(meta), ...elements]));
}
const BIG_ENDIAN = '1.2.840.10008.1.2.2';

describe('the same content', () => {
  it.each([
    ['a CT image', CT],
    ['a structure set', STRUCTURES],
  ])('%s with and without stated VRs', (_, dataSet) => {
    const comparison = compareContent(open(dataSet), open(dataSet, 'implicit'));
    expect(comparison.differences).toEqual([]);
    expect(comparison.secondDigest).toBe(compareContent(open(dataSet), open(dataSet)).secondDigest);
  });

  const number16 = (value: number, bigEndian = false) => {
    const bytes = Buffer.alloc(2);
    if (bigEndian) bytes.writeUInt16BE(value);
    else bytes.writeUInt16LE(value);
    return bytes;
  };
  const item = (content: Buffer, length = content.length) => {
    const header = Buffer.from('feff00e000000000', 'hex');
    header.writeUInt32LE(length, 4);
    return Buffer.concat([header, content]);
  };
  const nested = element(0x00080104, 'LO', 'meaning ');
  const undefinedSequence = Buffer.concat([
    Buffer.from('08001011', 'hex'),
    Buffer.from('SQ\0\0', 'latin1'),
    Buffer.from('ffffffff', 'hex'),
    item(nested, 0xffffffff),
    Buffer.from('feff0de000000000', 'hex'),
    Buffer.from('feffdde000000000', 'hex'),
  ]);

  it.each<[string, Buffer[], Buffer[]]>([
    ['padding with a space or a NUL', [element(0x00080080, 'LO', 'Odense ')], [element(0x00080080, 'LO', 'Odense\0')]],
    ['leading and trailing spaces', [element(0x00080060, 'CS', ' CT ')], [element(0x00080060, 'CS', 'CT')]],
    ['spaces alone and no value', [element(0x00080080, 'LO', '  ')], [element(0x00080080, 'LO', '')]],
    ['empty components of a name', [element(0x00100010, 'PN', 'A^B^^=  ')], [element(0x00100010, 'PN', 'A^B ')]],
    ['spellings of a decimal', [element(0x00280030, 'DS', '0.50\\+5e-1 ')], [element(0x00280030, 'DS', '.5\\0.5 ')]],
    ['zero with a sign', [element(0x00281052, 'DS', '-0')], [element(0x00281052, 'DS', '0 ')]],
    [
      'signed and unsigned words',
      [element(0x00280120, 'SS', number16(63536))],
      [element(0x00280120, 'US', number16(63536))],
    ],
    ['UN of an element we know', [element(0x00080080, 'UN', 'Odense')], [element(0x00080080, 'LO', 'Odense')]],
    ['padding of a private text', [element(0x00111001, 'LO', 'abc ')], [element(0x00111001, 'UN', 'abc\0')]],
    [
      'group lengths',
      [element(0x00080000, 'UL', Buffer.alloc(4)), element(0x00080060, 'CS', 'CT')],
      [element(0x00080060, 'CS', 'CT')],
    ],
    [
      'trailing padding of the data set',
      [element(0x00080060, 'CS', 'CT'), element(0xfffcfffc, 'OB', Buffer.alloc(8))],
      [element(0x00080060, 'CS', 'CT')],
    ],
    [
      'the order of elements',
      [element(0x00080080, 'LO', 'A '), element(0x00080060, 'CS', 'CT')],
      [element(0x00080060, 'CS', 'CT'), element(0x00080080, 'LO', 'A ')],
    ],
    ['a word that nothing was lost', [element(0x00282110, 'CS', '00')], []],
    ['undefined and stated lengths', [undefinedSequence], [element(0x00081110, 'SQ', item(nested))]],
    ['a sequence without items', [element(0x00081110, 'SQ', '')], [element(0x00081110, 'UN', '')]],
    [
      'character sets',
      [element(0x00080005, 'CS', 'ISO_IR 100'), element(0x00100010, 'PN', Buffer.from('\xd8st ', 'latin1'))],
      [element(0x00080005, 'CS', 'ISO_IR 192'), element(0x00100010, 'PN', Buffer.from('Øst'))],
    ],
  ])('%s', (_, first, second) => {
    expect(compareContent(raw(first), raw(second)).differences).toEqual([]);
  });

  it('either order of bytes', () => {
    const words = Buffer.from([1, 0, 2, 0]);
    const little = [
      element(0x00111002, 'OW', words),
      element(0x00280010, 'US', number16(512)),
      element(0x00281101, 'US', words),
    ];
    const big = [
      element(0x00111002, 'OW', Buffer.from(words).swap16(), true),
      element(0x00280010, 'US', number16(512, true), true),
      element(0x00281101, 'US', Buffer.from(words).swap16(), true),
    ];
    expect(compareContent(raw(little), raw(big, BIG_ENDIAN)).differences).toEqual([]);
  });
});

describe('other content', () => {
  it.each<[keyof DataSet, DataSet[keyof DataSet], string[]]>([
    ['PatientID', '0101701235', ['PatientID: patient']],
    ['PatientName', 'Vest^Ane', ['PatientName: patient']],
    ['StudyInstanceUID', uid(7), ['StudyInstanceUID: study']],
    ['SeriesInstanceUID', uid(7), ['SeriesInstanceUID: study']],
    ['FrameOfReferenceUID', uid(7), ['FrameOfReferenceUID: geometry']],
    ['ImagePositionPatient', [0, 0, 3.6], ['ImagePositionPatient: geometry']],
    ['PixelSpacing', [1, 1], ['PixelSpacing: geometry']],
    ['Laterality', 'L', ['Laterality: geometry']],
    ['RescaleIntercept', -1000, ['RescaleIntercept: pixels']],
    ['PixelPaddingValue', -1000, ['PixelPaddingValue: pixels']],
    ['LossyImageCompression', '01', ['LossyImageCompression: pixels']],
    ['ImageType', ['DERIVED', 'PRIMARY', 'AXIAL'], ['ImageType: pixels']],
    ['StudyDescription', 'Thorax og abdomen', ['StudyDescription: descriptive']],
    ['InstitutionName', 'OUH', ['InstitutionName: descriptive']],
    ['WindowCenter', 40, ['WindowCenter: descriptive']],
    ['DoseUnits', 'GY', ['DoseUnits: pixels']],
    ['GridFrameOffsetVector', [0, 3], ['GridFrameOffsetVector: pixels']],
    ['PixelData', new Uint16Array([1, 2, 3, 5]), []],
  ])('of an image: %s', (keyword, value, expected) => {
    expect(concerns(CT, { ...CT, [keyword]: value })).toEqual(expected);
    expect(concerns({ ...CT, [keyword]: value }, CT)).toEqual(expected);
  });

  const contour = (data: number[]): DataSet => ({
    ...STRUCTURES,
    ROIContourSequence: [
      { ReferencedROINumber: 1, ContourSequence: [{ ContourGeometricType: 'CLOSED_PLANAR', ContourData: data }] },
    ],
  });
  it.each<[string, DataSet, string[]]>([
    ['a moved contour point', contour([0, 0, 0, 1, 0, 0, 1, 1.1, 0]), ['ROIContourSequence: content']],
    ['no contours', { ...STRUCTURES, ROIContourSequence: [] }, ['ROIContourSequence: content']],
    ['an approval', { ...STRUCTURES, ApprovalStatus: 'APPROVED' }, ['ApprovalStatus: content']],
    ['another label', { ...STRUCTURES, StructureSetLabel: 'edited' }, ['StructureSetLabel: content']],
    ['another date', { ...STRUCTURES, StructureSetDate: '20260102' }, ['StructureSetDate: descriptive']],
    ['another maker', { ...STRUCTURES, Manufacturer: 'TPS' }, ['Manufacturer: descriptive']],
    ['another patient', { ...STRUCTURES, PatientID: '0101701235' }, ['PatientID: patient']],
    ['another study', { ...STRUCTURES, StudyInstanceUID: uid(7) }, ['StudyInstanceUID: study']],
    ['another series', { ...STRUCTURES, SeriesInstanceUID: uid(7) }, ['SeriesInstanceUID: content']],
  ])('of a structure set: %s', (_, second, expected) => {
    expect(concerns(STRUCTURES, second)).toEqual(expected);
  });

  it('shows the numbers of geometry and pixels, and no text', () => {
    const second = { ...CT, PixelSpacing: [1, 1], PatientName: 'Vest^Ane', ImageOrientationPatient: null };
    const { differences } = compare(CT, second);
    expect(differences).toEqual([
      { attribute: 'PatientName', concern: 'patient' },
      {
        attribute: 'ImageOrientationPatient',
        concern: 'geometry',
        numbers: { first: [1, 0, 0, 0, 1, 0], second: [] },
      },
      { attribute: 'PixelSpacing', concern: 'geometry', numbers: { first: [0.9765625, 0.9765625], second: [1, 1] } },
    ]);
    expect(JSON.stringify(differences)).not.toMatch(/Vest|Øst/);
  });

  it('is told apart in what nobody can read', () => {
    const differ = (first: Buffer, second: Buffer) => compareContent(raw([first]), raw([second])).differences.length;
    expect(differ(element(0x00281052, 'DS', 'abc '), element(0x00281052, 'DS', 'abd '))).toBe(1);
    expect(
      differ(element(0x00111001, 'UN', Buffer.from([1, 0x20])), element(0x00111001, 'UN', Buffer.from([1, 0]))),
    ).toBe(1);
    const utf8 = (byte: number) => [
      element(0x00080005, 'CS', 'ISO_IR 192'),
      element(0x00080080, 'LO', Buffer.from([0x41, byte])),
    ];
    expect(compareContent(raw(utf8(0xff)), raw(utf8(0xfe))).differences).toHaveLength(1);
  });

  it('gives a digest that the descriptive does not change and everything else does', () => {
    const digest = (second: DataSet) => compare(STRUCTURES, second).secondDigest;
    expect(digest({ ...STRUCTURES, Manufacturer: 'TPS' })).toBe(digest(STRUCTURES));
    expect(digest({ ...STRUCTURES, ApprovalStatus: 'APPROVED' })).not.toBe(digest(STRUCTURES));
  });
});
