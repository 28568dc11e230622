import * as fc from 'fast-check';
import { checkPart10 } from './check-part10';
import type { DataSet } from './dictionary/dictionary';
import { openPart10 } from './open-part10';
import { sopClassUid } from './sop-classes';
import { parseUid } from './uid';
import { writeDataSet, writePart10 } from './writer';

const IDENTITY: DataSet = {
  SOPClassUID: sopClassUid('RTStructureSetStorage'),
  SOPInstanceUID: parseUid('1.2.3.4.5'),
  StudyInstanceUID: parseUid('1.2.3.4'),
  SeriesInstanceUID: parseUid('1.2.3.6'),
};

const name = fc
  .array(fc.constantFrom('Sørensen', 'Åse', 'Æble', '山田', 'Yamada', "O'Neil", 'Müller', ''), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join('^').replace(/\^*$/, ''));
const dataSets: fc.Arbitrary<DataSet> = fc.record({
  PatientName: name,
  ROIDisplayColor: fc.tuple(fc.integer({ min: 0, max: 255 }), fc.nat(255), fc.nat(255)),
  Rows: fc.nat(65535),
  ContourData: fc
    .array(
      fc.tuple(
        fc.double({ noNaN: true, min: -1e4, max: 1e4 }),
        fc.double({ noNaN: true, min: -1e4, max: 1e4 }),
        fc.double({ noNaN: true, min: -1e4, max: 1e4 }),
      ),
      { minLength: 1, maxLength: 20 },
    )
    .map((points) => points.flat()),
  PixelData: fc.uint8Array({ maxLength: 64 }).map((bytes) => bytes.slice(0, bytes.length - (bytes.length % 2))),
});

describe.each(['explicit', 'implicit'] as const)('a data set written in %s VR', (encoding) => {
  it('reads back as it was', () => {
    fc.assert(
      fc.property(dataSets, fc.nat(4), (dataSet, depth) => {
        let nested: DataSet = dataSet;
        for (let i = 0; i < depth; i += 1) nested = { ContourSequence: [nested, {}], ROIName: `level ${i}` };
        const bytes = writePart10({ ...IDENTITY, ROIContourSequence: [nested] }, { encoding });
        expect(checkPart10(bytes).structure.sopInstanceUid).toBe('1.2.3.4.5');
        let read = openPart10(bytes).dataSet.items('ROIContourSequence')[0];
        for (let i = 0; i < depth; i += 1) {
          expect(read.items('ContourSequence')).toHaveLength(2);
          read = read.items('ContourSequence')[0];
        }
        expect(read.text('PatientName') ?? '').toBe(dataSet.PatientName);
        expect(read.numbers('ROIDisplayColor')).toEqual(dataSet.ROIDisplayColor);
        expect(read.number('Rows')).toBe(dataSet.Rows);
        const contour = read.numbers('ContourData');
        (dataSet.ContourData as number[]).forEach((value, i) => expect(contour[i]).toBeCloseTo(value, 6));
        expect(Buffer.from(read.bytes('PixelData') ?? [])).toEqual(Buffer.from(dataSet.PixelData as Uint8Array));
      }),
      { numRuns: 100 },
    );
  });
});

describe('the writer', () => {
  it('sorts by tag, writes defined lengths, and pads', () => {
    const bytes = writeDataSet({ PatientID: 'ABC', Modality: 'CT', ReferencedImageSequence: [{}] }, 'explicit');
    expect(Buffer.from(bytes).toString('latin1')).toBe(
      '\x08\0\x05\0CS\x0a\0ISO_IR 192' +
        '\x08\0\x60\0CS\x02\0CT' +
        '\x08\0\x40\x11SQ\0\0\x08\0\0\0\xfe\xff\0\xe0\0\0\0\0' +
        '\x10\0\x20\0LO\x04\0ABC ',
    );
  });

  it('writes null as an element without a value and leaves out undefined', () => {
    const bytes = writePart10({ ...IDENTITY, AccessionNumber: null, PatientID: undefined, RTRelatedROISequence: null });
    const { dataSet } = openPart10(bytes);
    expect(dataSet.has('AccessionNumber')).toBe(true);
    expect(dataSet.text('AccessionNumber')).toBeUndefined();
    expect(dataSet.has('PatientID')).toBe(false);
    expect(dataSet.items('RTRelatedROISequence')).toEqual([]);
  });

  it('writes padding values with the sign of the pixels', () => {
    const signed = writePart10({ ...IDENTITY, PixelRepresentation: 1, PixelPaddingValue: -2000 });
    expect(openPart10(signed).dataSet.vr('PixelPaddingValue')).toBe('SS');
    expect(openPart10(signed).dataSet.number('PixelPaddingValue')).toBe(-2000);
    const unsigned = writePart10({ ...IDENTITY, PixelRepresentation: 0, PixelPaddingValue: 63536 });
    expect(openPart10(unsigned).dataSet.vr('PixelPaddingValue')).toBe('US');
  });

  it('counts characters, not bytes', () => {
    const label = 'Ø'.repeat(16);
    const { dataSet } = openPart10(writePart10({ ...IDENTITY, StructureSetLabel: label, PatientID: '山'.repeat(64) }));
    expect(dataSet.text('StructureSetLabel')).toBe(label);
    expect(dataSet.text('PatientID')).toBe('山'.repeat(64));
  });

  const refused: [string, DataSet][] = [
    ['SH of 17', { StructureSetLabel: 'X'.repeat(17) }],
    ['LO of 65', { PatientID: 'Å'.repeat(65) }],
    ['CS in lower case', { Modality: 'ct' }],
    ['CS of 17', { ApprovalStatus: 'A'.repeat(17) }],
    ['DA that is no day', { StudyDate: '20261345' }],
    ['TM that is no time', { StudyTime: '2561' }],
    ['a UID with a space', { FrameOfReferenceUID: '1.2.3 ' }],
    ['a backslash', { PatientID: 'a\\b' }],
    ['a control character', { PatientID: 'a\x1b$B' }],
    ['half a surrogate pair', { ROIName: '\ud800' }],
    ['a name of 65', { PatientName: 'X'.repeat(65) }],
    ['a name of six components', { PatientName: 'A^B^C^D^E^F' }],
    ['a name of four groups', { PatientName: 'A=B=C=D' }],
    ['two colours', { ROIDisplayColor: [1, 2] }],
    ['contour data of 4 numbers', { ContourData: [1, 2, 3, 4] }],
    ['contour data that is not finite', { ContourData: [1, 2, NaN] }],
    ['contour data over 65534 bytes', { ContourData: new Float64Array(3 * 8000).fill(0.123456789) }],
    ['half an integer', { ROINumber: 0.5 }],
    ['US over 65535', { Rows: 65536 }],
    ['negative US', { Rows: -1 }],
    ['two values where one is allowed', { PatientID: ['a', 'b'] }],
    ['two texts in a text that cannot be split', { TextValue: ['a', 'b'] }],
    ['another character set', { SpecificCharacterSet: 'ISO_IR 100' }],
    ['a keyword of nobody', { Nonsense: 'x' } as unknown as DataSet],
    ['text where items belong', { ContourSequence: 'x' } as unknown as DataSet],
  ];
  it.each(refused)('refuses %s, without repeating it', (_name, dataSet) => {
    expect(() => writeDataSet(dataSet, 'explicit')).toThrow(expect.objectContaining({ code: 'DATASET_MALFORMED' }));
    expect(() => writeDataSet({ ContourSequence: [dataSet] }, 'implicit')).toThrow(
      expect.objectContaining({ code: 'DATASET_MALFORMED' }),
    );
  });

  it('names the keyword in its message, never the value', () => {
    expect(() => writeDataSet({ PatientID: `0101011234${'X'.repeat(60)}` }, 'explicit')).toThrow(
      /^PatientID is longer than 64 characters$/,
    );
  });

  it('keeps the file meta true to the data set', () => {
    const { meta } = checkPart10(writePart10(IDENTITY, { sourceAeTitle: 'MODELBANK' }));
    expect(meta).toMatchObject({ sopInstanceUid: '1.2.3.4.5', sourceAeTitle: 'MODELBANK' });
    expect(() => writePart10({ Modality: 'CT' })).toThrow(expect.objectContaining({ code: 'UID_INVALID' }));
  });
});
