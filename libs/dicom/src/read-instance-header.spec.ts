import { caught, codeOf, openPart10OrNone } from '../test-support/caught';
import { cpuMs } from '../test-support/cpu-time';
import { checkPart10 } from './check-part10';
import { DICTIONARY, type DataSet, type Keyword } from './dictionary/dictionary';
import { openPart10 } from './open-part10';
import { EXPLICIT_LE, file, identity, IMPLICIT_LE, item, nestingBomb, raw, UNDEFINED } from '../test-support/raw-bytes';
import { readInstanceHeader } from './read-instance-header';
import { readDescriptions, readPatientIdentity, readPatientStudyModule } from './read-patient';
import { sopClassUid } from './sop-classes';
import { IMPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntaxes';
import { parseUid } from './uid';
import { writePart10 } from './writer';

const CT: DataSet = {
  SOPClassUID: sopClassUid('CTImageStorage'),
  SOPInstanceUID: parseUid('1.2.3.4.5'),
  StudyInstanceUID: parseUid('1.2.3.4'),
  SeriesInstanceUID: parseUid('1.2.3.6'),
  FrameOfReferenceUID: parseUid('1.2.3.7'),
  Modality: 'CT',
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL', 'HANSEN'],
  InstanceNumber: 17,
  AcquisitionNumber: 2,
  ImagesInAcquisition: 120,
  Rows: 512,
  Columns: 256,
  PixelSpacing: [0.9, 0.8],
  SliceThickness: 1.5,
  ImagePositionPatient: [-250.5, -249, 1200.25],
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  GantryDetectorTilt: 0,
  PatientPosition: 'HFS',
  BodyPartExamined: 'THORAX',
  PatientSex: 'F',
  PatientAge: '061Y',
  ContrastBolusAgent: 'Omnipaque 300',
  ConvolutionKernel: 'B30f',
  PixelData: new Uint16Array(16),
};

describe('the header of an instance', () => {
  it('has its facts', () => {
    expect(readInstanceHeader(writePart10(CT))).toEqual({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUid: '1.2.3.4.5',
      studyInstanceUid: '1.2.3.4',
      seriesInstanceUid: '1.2.3.6',
      frameOfReferenceUid: '1.2.3.7',
      modality: 'CT',
      imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      instanceNumber: 17,
      acquisitionNumber: 2,
      declaredCount: 120,
      declaredCountOf: 'acquisition',
      rows: 512,
      columns: 256,
      pixelSpacingMm: [0.9, 0.8],
      sliceThicknessMm: 1.5,
      imagePositionPatient: [-250.5, -249, 1200.25],
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      gantryTiltDegrees: 0,
      patientPosition: 'HFS',
      bodyPart: 'CHEST',
      sex: 'F',
      ageYears: 61,
      contrast: true,
      convolutionKernel: 'B30f',
      numberOfFrames: undefined,
      transferSyntaxUid: '1.2.840.10008.1.2.1',
    });
  });

  it('takes the count of the series before that of one acquisition', () => {
    const header = readInstanceHeader(writePart10({ ...CT, NumberOfSeriesRelatedInstances: 200 }));
    expect(header).toMatchObject({ declaredCount: 200, declaredCountOf: 'series' });
  });

  it('is the same from implicit VR, from the bytes before the pixels, and from an open file', () => {
    const whole = writePart10(CT);
    const expected = readInstanceHeader(whole);
    const pixels = checkPart10(whole).structure.pixelDataOffset ?? 0;
    const prefix = whole.subarray(0, whole.length - (checkPart10(whole).structure.byteLength - pixels));
    expect(readInstanceHeader(prefix)).toEqual(expected);
    expect(readInstanceHeader(whole.subarray(0, prefix.length + 5))).toEqual(expected);
    expect(readInstanceHeader(openPart10(whole))).toEqual(expected);
    expect(readInstanceHeader(writePart10(CT, { encoding: 'implicit' }))).toEqual({
      ...expected,
      transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN,
    });
  });

  it('leaves out what a prefix cuts short, and never reads half a value', () => {
    const whole = writePart10(CT);
    for (let length = 132; length < whole.length; length += 1) {
      const header = caught(() => readInstanceHeader(whole.subarray(0, length)));
      if (header instanceof Error)
        expect(['UID_INVALID', 'DATASET_TRUNCATED', 'DATASET_MALFORMED']).toContain(codeOf(header));
      else {
        const full: Record<string, unknown> = { ...readInstanceHeader(whole) };
        for (const [key, value] of Object.entries(header)) {
          if (value !== undefined && value !== false && !['imageType', 'contrast', 'bodyPart'].includes(key))
            expect(value).toEqual(full[key]);
        }
      }
    }
  });

  it.each([
    ['045Y', 45],
    ['018M', 1],
    ['003W', 0],
    ['999Y', undefined],
  ])('reads age %s as %s years', (PatientAge, years) => {
    expect(readInstanceHeader(writePart10({ ...CT, PatientAge })).ageYears).toBe(years);
  });

  it('counts the age from the birth date when it is not stated', () => {
    const born = { ...CT, PatientAge: undefined, PatientBirthDate: '19600615' };
    expect(readInstanceHeader(writePart10({ ...born, StudyDate: '20260614' })).ageYears).toBe(65);
    expect(readInstanceHeader(writePart10({ ...born, StudyDate: '20260615' })).ageYears).toBe(66);
    expect(readInstanceHeader(writePart10(born)).ageYears).toBeUndefined();
  });

  it('takes the anatomic region where BodyPartExamined says nothing', () => {
    const coded = {
      ...CT,
      BodyPartExamined: null,
      AnatomicRegionSequence: [{ CodeValue: '774007', CodingSchemeDesignator: 'SCT', CodeMeaning: 'Head and Neck' }],
    };
    expect(readInstanceHeader(writePart10(coded)).bodyPart).toBe('HEADNECK');
  });
});

describe('planted identities', () => {
  const SECRETS = ['HANSEN^PETER', '0101801234', 'NIELSEN', 'SKOVVEJ 4'];
  const texts = (Object.keys(DICTIONARY) as Keyword[]).filter(
    (keyword) =>
      !['SQ', 'UI', 'US', 'SS', 'UL', 'OB', 'OW', 'OV', 'FD', 'FL', 'AT', 'SL'].includes(DICTIONARY[keyword].vr),
  );

  it.each(SECRETS)('of %s stand in no fact, wherever they were planted', (secret) => {
    const planted = texts
      .filter((keyword) => keyword !== 'SpecificCharacterSet')
      .map((keyword) =>
        raw(DICTIONARY[keyword].tag, DICTIONARY[keyword].vr, secret.padEnd(secret.length + (secret.length % 2))),
      );
    const privates = [raw(0x00091010, 'LO', secret.padEnd(14)), raw(0x00091011, 'UN', secret.padEnd(14))];
    const header = readInstanceHeader(file(Buffer.concat([identity(), ...planted, ...privates])));
    const text = JSON.stringify(header);
    for (const word of [...SECRETS, ...secret.split(/[\^ ]/).filter((part) => part.length > 2), '101801234']) {
      expect(text).not.toContain(word);
    }
    expect(header).toMatchObject({
      modality: 'OT',
      imageType: [],
      instanceNumber: undefined,
      convolutionKernel: undefined,
    });
  });

  it('stand in no error either', () => {
    const bad = file(Buffer.concat([raw(0x00080018, 'UI', 'HANSEN^PETER'), raw(0x00100010, 'ZZ', 'HANSEN^PETER')]));
    for (const read of [readInstanceHeader, readPatientIdentity, readPatientStudyModule, checkPart10]) {
      expect(String(caught(() => read(bad)))).not.toContain('HANSEN');
    }
  });
});

describe('odd values (never an exception, never a wrong number)', () => {
  const odd = (tag: number, vr: string, value: string) =>
    readInstanceHeader(file(Buffer.concat([identity(), raw(tag, vr, value)])));

  it.each([
    ['DS 1e999999', 0x00180050, 'DS', '1e999999'],
    ['DS with comma', 0x00180050, 'DS', '1,5 '],
    ['DS with text', 0x00180050, 'DS', '1.5mm '],
    ['DS with two points', 0x00180050, 'DS', '1.2.3 '],
    ['negative thickness', 0x00180050, 'DS', '-1'],
    ['zero thickness', 0x00180050, 'DS', '0 '],
  ])('%s gives no thickness', (_name, tag, vr, value) => {
    expect(odd(tag, vr, value).sliceThicknessMm).toBeUndefined();
  });

  it.each(['99999999999 ', '1.5 ', 'seventeen ', '-3'])('IS %j gives no instance number', (value) => {
    expect(odd(0x00200013, 'IS', value).instanceNumber).toBeUndefined();
  });

  it('reads numbers with plus signs, spaces and padding of NULs', () => {
    expect(odd(0x00180050, 'DS', ' +1.50 ').sliceThicknessMm).toBe(1.5);
    expect(odd(0x00200013, 'IS', '17\0\0').instanceNumber).toBe(17);
  });

  it('reads values that came as UN, and UN that is a sequence (PS3.5 6.2.2)', () => {
    const region = item(
      Buffer.concat([raw(0x00080100, '', '774007', IMPLICIT_LE), raw(0x00080102, '', 'SCT ', IMPLICIT_LE)]),
    );
    const bytes = file(
      Buffer.concat([
        raw(0x00080016, 'UN', '1.2.840.10008.5.1.4.1.1.2\0'),
        raw(0x00080018, 'UN', '1.2.3.4.5\0'),
        raw(0x00082218, 'UN', region),
        raw(0x0020000d, 'UN', '1.2.3.4\0'),
        raw(0x0020000e, 'UN', '1.2.3.6\0'),
        raw(0x00200013, 'UN', '7 '),
        raw(0x00280010, 'UN', Buffer.from([0, 2])),
      ]),
    );
    expect(readInstanceHeader(bytes)).toMatchObject({ bodyPart: 'HEADNECK', instanceNumber: 7, rows: 512 });
  });

  it('survives 64 KiB of text, 10^5 carets and values of many parts without a pause', () => {
    const long = Buffer.alloc(65534, '^'.charCodeAt(0));
    const started = cpuMs();
    for (const tag of [0x00180050, 0x00200013, 0x00180015, 0x00181210, 0x00101010, 0x00080060, 0x00100020]) {
      odd(tag, 'LO', long.toString());
      odd(tag, 'LO', '\\'.repeat(65534));
      odd(tag, 'LO', ' '.repeat(65532) + 'x ');
    }
    expect(cpuMs() - started).toBeLessThan(1000);
  });

  it.each([
    ['missing', Buffer.alloc(0)],
    ['multi-valued', raw(0x0020000d, 'UI', '1.2.3\\1.2.4\0')],
    ['empty', raw(0x0020000d, 'UI', '')],
  ])('refuses a study UID that is %s', (_name, study) => {
    const rest = identity();
    const bytes = file(Buffer.concat([rest.subarray(0, 34 + 18), study, raw(0x0020000e, 'UI', '1.2.3.6\0')]));
    expect(codeOf(caught(() => readInstanceHeader(bytes)))).toBe('UID_INVALID');
  });

  it('reads empty identities as empty', () => {
    const bytes = file(Buffer.concat([identity(), raw(0x00100010, 'PN', ''), raw(0x00100020, 'LO', '')]));
    expect(readPatientIdentity(bytes)).toEqual({ patientId: '', issuerOfPatientId: '' });
    expect(readPatientStudyModule(bytes)).toMatchObject({ PatientName: null, PatientID: null });
    expect(readDescriptions(bytes)).toEqual({ study: undefined, series: undefined, protocol: undefined });
  });

  it('refuses nesting bombs itself, closed or open, quickly', () => {
    const closed = (depth: number) => {
      let nested: Buffer = Buffer.alloc(0);
      for (let i = 0; i < depth; i += 1) nested = raw(0x0040a730, 'SQ', item(nested));
      return nested;
    };
    for (const bomb of [nestingBomb(30_000), closed(600)]) {
      const started = cpuMs();
      const { dataSet } = openPart10OrNone(file(bomb)) ?? {};
      let level = dataSet;
      const descent = caught(() => {
        while (level !== undefined) [level] = level.items('ContentSequence');
      });
      if (dataSet !== undefined) expect(codeOf(descent)).toBe('DATASET_TOO_DEEP');
      expect(cpuMs() - started).toBeLessThan(1000);
    }
  });

  it('refuses a level of more elements than any instance has', () => {
    const many = Buffer.concat(Array.from({ length: 100_001 }, (_, i) => raw((0x00090000 + (i << 1)) >>> 0, 'LO', '')));
    expect(codeOf(caught(() => readInstanceHeader(file(many))))).toBe('DATASET_TOO_LARGE');
  });

  it('reads past elements with 32-bit lengths that older readers do not know', () => {
    const bytes = file(
      Buffer.concat([
        identity(),
        raw(0x00189999, 'OV', Buffer.alloc(16)),
        raw(0x0018999b, 'SV', Buffer.alloc(8)),
        raw(0x00200013, 'IS', '9 ', EXPLICIT_LE),
      ]),
    );
    expect(readInstanceHeader(bytes).instanceNumber).toBe(9);
  });

  it('reads a sequence of undefined length within one of defined length', () => {
    const inner = Buffer.concat([
      raw(0x00081140, 'SQ', item(raw(0x00081155, 'UI', '1.2.3\0'), true), EXPLICIT_LE, UNDEFINED),
      Buffer.from('feffdde000000000', 'hex'),
    ]);
    const bytes = file(Buffer.concat([raw(0x00081115, 'SQ', item(inner)), identity()]));
    const series = openPart10(bytes).dataSet.items('ReferencedSeriesSequence')[0];
    expect(series.items('ReferencedImageSequence')[0].uid('ReferencedSOPInstanceUID')).toBe('1.2.3');
  });
});
