import * as fc from 'fast-check';
import { caught, codeOf } from '../../test-support/caught';
import {
  EXPLICIT_BE,
  EXPLICIT_LE,
  file,
  IMPLICIT_LE,
  item,
  nestingBomb,
  openSequence,
  raw,
  type RawEncoding,
} from '../../test-support/raw-bytes';
import { openPart10 } from '../open-part10';
import { parseUid } from '../uid';
import { writePart10 } from '../writer';
import { dicomJson, type DicomJsonOptions } from './dicom-json';
import { elementPathText, parseElementPath, valueAt } from './element-path';

interface JsonElement {
  vr: string;
  Value?: unknown[];
  InlineBinary?: string;
  BulkDataURI?: string;
}
type JsonDataSet = Record<string, JsonElement>;

const SYNTAX = new Map([
  [EXPLICIT_LE, '1.2.840.10008.1.2.1'],
  [IMPLICIT_LE, '1.2.840.10008.1.2'],
  [EXPLICIT_BE, '1.2.840.10008.1.2.2'],
]);

function open(dataSet: Uint8Array, encoding: RawEncoding = EXPLICIT_LE) {
  return openPart10(file(dataSet, { transferSyntaxUid: parseUid(SYNTAX.get(encoding) ?? '') })).dataSet;
}

function jsonOf(dataSet: Uint8Array, encoding = EXPLICIT_LE, options: DicomJsonOptions = {}): JsonDataSet {
  return JSON.parse([...dicomJson(open(dataSet, encoding), options)].join('')) as JsonDataSet;
}

describe('dicomJson', () => {
  it.each<[string, string, string | Uint8Array, JsonElement]>([
    ['text', 'LO', 'bar \\ foo', { vr: 'LO', Value: ['bar', 'foo'] }],
    ['an empty value between others', 'LO', 'a\\\\b ', { vr: 'LO', Value: ['a', null, 'b'] }],
    ['an element without a value', 'LO', '', { vr: 'LO' }],
    ['only padding', 'LO', '  ', { vr: 'LO' }],
    ['a backslash in text that takes one value', 'LT', 'a\\b ', { vr: 'LT', Value: ['a\\b'] }],
    ['decimals', 'DS', '1.50\\-0\\+2\\1e3', { vr: 'DS', Value: [1.5, 0, 2, 1000] }],
    ['decimals that are none', 'DS', '1e999999\\ten ', { vr: 'DS', Value: ['1e999999', 'ten'] }],
    [
      'integers',
      'IS',
      '007\\-3 \\1.5\\99999999999999999999',
      { vr: 'IS', Value: [7, -3, '1.5', '99999999999999999999'] },
    ],
    ['tags', 'AT', Uint8Array.of(0x08, 0, 0x18, 0), { vr: 'AT', Value: ['00080018'] }],
    [
      'floats JSON has no word for',
      'FL',
      floats(1.5, NaN, Infinity, -Infinity),
      { vr: 'FL', Value: [1.5, 'NaN', 'inf', '-inf'] },
    ],
    ['64-bit integers', 'SV', wide(-5n, 9007199254740993n), { vr: 'SV', Value: [-5, '9007199254740993'] }],
    ['bytes', 'OB', Uint8Array.of(1, 2, 3, 255), { vr: 'OB', InlineBinary: 'AQID/w==' }],
    ['UN', 'UN', Uint8Array.of(7, 8), { vr: 'UN', InlineBinary: 'Bwg=' }],
  ])('writes %s', (_what, vr, value, expected) => {
    // private elements of an unknown creator: no dictionary has a say
    const data = Buffer.concat([raw(0x00090010, 'LO', 'TEST'), raw(0x00091001, vr, value)]);
    expect(jsonOf(data)).toEqual({ '00090010': { vr: 'LO', Value: ['TEST'] }, '00091001': expected });
  });

  it('splits a name into its component groups, in Unicode, and says so', () => {
    const data = Buffer.concat([
      raw(0x00080005, 'CS', '\\ISO 2022 IR 87 '),
      raw(0x00100010, 'PN', Buffer.from('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B==', 'latin1')),
    ]);
    expect(jsonOf(data)).toEqual({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }] },
    });
  });

  it('orders elements, leaves group lengths out and adds what the server knows', () => {
    const data = Buffer.concat([raw(0x00100000, 'UL', Uint8Array.of(8, 0, 0, 0)), raw(0x00100020, 'LO', 'X1')]);
    const added = [
      { tag: 0x7fe00010, vr: 'OW', bulk: true } as const,
      { tag: 0x00083002, vr: 'UI', values: ['1.2'] } as const,
    ];
    const text = [...dicomJson(open(data), { added, bulkDataUri: (path) => `https://hub/bulkdata/${path}` })].join('');
    expect(text).toBe(
      '{"00083002":{"vr":"UI","Value":["1.2"]},"00100020":{"vr":"LO","Value":["X1"]},' +
        '"7FE00010":{"vr":"OW","BulkDataURI":"https://hub/bulkdata/7FE00010"}}',
    );
  });

  it('names nested values that are too large by their place, and finds them there again', () => {
    const large = Buffer.alloc(2000, 5);
    const items = Buffer.concat([
      item(raw(0x00420011, 'OB', Buffer.alloc(4))),
      item(raw(0x00420011, 'OB', large), true),
    ]);
    const data = openSequence(0x0040a730, Buffer.concat(items.length > 0 ? [items] : []));
    const json = jsonOf(data, EXPLICIT_LE, { bulkDataUri: (path) => path });
    expect(json['0040A730'].Value).toEqual([
      { '00420011': { vr: 'OB', InlineBinary: 'AAAAAA==' } },
      { '00420011': { vr: 'OB', BulkDataURI: '0040A730/2/00420011' } },
    ]);
    const path = parseElementPath('0040a730/2/00420011');
    expect(path && elementPathText(path)).toBe('0040A730/2/00420011');
    expect(path && Buffer.from(valueAt(open(data), path)?.bytes ?? []).equals(large)).toBe(true);
    expect(path && valueAt(open(data), [...path.slice(0, 1), 3, path[2]])).toBeUndefined();
  });

  it.each([
    '',
    '0040A730/',
    '0040A730/0/00420011',
    '0040A730/x',
    'file:///etc/passwd',
    '../../x',
    '7FE00010 ',
    'A/'.repeat(200),
  ])('takes %p for no path', (text) => expect(parseElementPath(text)).toBeUndefined());

  it('writes binary values in little-endian order of a big-endian file too', () => {
    const words = raw(0x00091002, 'OW', Uint8Array.of(1, 2, 3, 4), EXPLICIT_BE);
    const numbers = raw(0x00280010, 'US', Uint8Array.of(1, 0), EXPLICIT_BE);
    const data = Buffer.concat([raw(0x00090010, 'LO', 'TEST', EXPLICIT_BE), words, numbers]);
    expect(jsonOf(data, EXPLICIT_BE)).toMatchObject({
      '00091002': { InlineBinary: Buffer.from([2, 1, 4, 3]).toString('base64') },
      '00280010': { Value: [256] },
    });
  });

  it('says SS where an implicit file with signed pixels means it', () => {
    const data = Buffer.concat([
      raw(0x00280103, 'US', Uint8Array.of(1, 0), IMPLICIT_LE),
      raw(0x00280120, 'US', Uint8Array.of(0xff, 0xff), IMPLICIT_LE),
    ]);
    expect(jsonOf(data, IMPLICIT_LE)['00280120']).toEqual({ vr: 'SS', Value: [-1] });
  });

  it('refuses sequences nested deeper than 64', () => {
    expect(codeOf(caught(() => jsonOf(nestingBomb(66))))).toBe('DATASET_TOO_DEEP');
  });

  it('comes in pieces: no string holds a large data set', () => {
    const contour = item(raw(0x30060050, 'DS', '1.5\\'.repeat(5000) + '1.5 '));
    const data = openSequence(0x30060040, Buffer.concat(Array.from({ length: 200 }, () => contour)));
    const pieces = [...dicomJson(open(data))];
    expect(pieces.length).toBeGreaterThan(20);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(200_000);
    expect((JSON.parse(pieces.join('')) as JsonDataSet)['30060040'].Value).toHaveLength(200);
  });

  it('gives back every text and number that the writer wrote', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((each) => /^[^\\=^\p{C}\p{Z}]+$/u.test(each));
    const decimal = fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => Number(each.toPrecision(9)) + 0);
    const example = fc.record({
      text,
      numbers: fc.array(decimal, { minLength: 1, maxLength: 8 }),
      rows: fc.nat(65535),
    });
    fc.assert(
      fc.property(example, fc.constantFrom('explicit', 'implicit'), ({ text: given, numbers, rows }, encoding) => {
        const bytes = writePart10(
          {
            SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
            SOPInstanceUID: '1.2.3',
            StudyDescription: given,
            PatientName: given,
            WindowCenter: numbers,
            Rows: rows,
          },
          { encoding },
        );
        const json = JSON.parse([...dicomJson(openPart10(bytes).dataSet)].join('')) as JsonDataSet;
        expect(json['00081030'].Value).toEqual([given]);
        expect(json['00100010'].Value).toEqual([{ Alphabetic: given }]);
        expect(json['00281050'].Value).toEqual(numbers);
        expect(json['00280010'].Value).toEqual([rows]);
      }),
    );
  });
});

function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

function wide(...values: bigint[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values).buffer);
}
