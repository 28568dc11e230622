import { cpuMs } from '../test-support/cpu-time';
import { checkPart10, requireInstanceUids, requireSameInstance } from './check-part10';
import { ENCODINGS, check, codeOf } from '../test-support/checked-structure';
import type { DicomErrorCode } from './dicom-error';
import {
  delimiter,
  EXPLICIT_BE,
  EXPLICIT_LE,
  file,
  identity,
  IMPLICIT_LE,
  item,
  nestingBomb,
  openSequence,
  raw,
  tagBytes,
  UNDEFINED,
} from '../test-support/raw-bytes';
import { StructureCheck } from './structure-check';
import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntaxes';

const RLE = '1.2.840.10008.1.2.5';

describe.each(ENCODINGS)('a sound data set in %s', (_name, syntax, encoding) => {
  const little = encoding.little;
  const inner = raw(0x00080100, 'SH', 'T-D4', encoding);
  const dataSet = Buffer.concat([
    raw(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2\0', encoding),
    raw(0x00080018, 'UI', '1.2.3.4.5\0', encoding),
    openSequence(0x00082218, Buffer.concat([item(inner, true, little), item(inner, false, little)]), encoding),
    raw(0x00081140, 'SQ', item(Buffer.alloc(0), false, little), encoding),
    openSequence(0x00091002, item(inner, true, little), encoding),
    raw(0x0020000d, 'UI', '1.2.3.4\0', encoding),
    raw(0x0020000e, 'UI', '1.2.3.6\0', encoding),
    raw(0x7fe00010, 'OW', Buffer.alloc(4096), encoding),
  ]);

  it.each([1, 2, 3, 7, 8, 11, 12, 13, 64, 100000])('gives the same in chunks of %d bytes', (chunk) => {
    expect(check(dataSet, syntax, { chunk })).toEqual({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUid: '1.2.3.4.5',
      studyInstanceUid: '1.2.3.4',
      seriesInstanceUid: '1.2.3.6',
      pixelDataOffset: dataSet.length - 4096 - (encoding.explicit ? 12 : 8),
      byteLength: dataSet.length,
      elementCount: expect.any(Number),
    });
  });

  it('is truncated at every shorter length, or ends between two elements', () => {
    const ends = new Set<number>();
    for (let length = 1; length < dataSet.length - 4096; length += 1) {
      const code = codeOf(() => check(dataSet.subarray(0, length), syntax));
      if (code === 'none') ends.add(length);
      else expect(code).toBe('DATASET_TRUNCATED');
    }
    expect(ends.size).toBe(7);
  });

  it.each([65, 1_100, 30_000, 100_000])('refuses nesting %d deep in no time', (depth) => {
    const bomb = nestingBomb(depth, encoding);
    const started = cpuMs();
    expect(codeOf(() => check(bomb, syntax))).toBe('DATASET_TOO_DEEP');
    expect(cpuMs() - started).toBeLessThan(1000);
  });

  it('accepts nesting 64 deep', () => {
    let nested: Buffer = raw(0x0040a160, 'UT', 'text', encoding);
    for (let depth = 0; depth < 64; depth += 1) {
      nested = openSequence(0x0040a730, item(nested, depth % 2 === 0, little), encoding);
    }
    expect(check(nested, syntax).byteLength).toBe(nested.length);
    expect(codeOf(() => check(openSequence(0x0040a730, item(nested, false, little), encoding), syntax))).toBe(
      'DATASET_TOO_DEEP',
    );
  });
});

describe('what breaks the encoding rules', () => {
  const le = EXPLICIT_LE;
  const rows: [string, Uint8Array, DicomErrorCode, string?][] = [
    ['undefined length on US', raw(0x00280010, 'US', '', le, 0xffff), 'DATASET_MALFORMED'],
    ['undefined length on LO', raw(0x00100020, 'LO', '', le, 0xffff), 'DATASET_MALFORMED'],
    ['undefined length on UT', raw(0x0040a160, 'UT', '', le, UNDEFINED), 'DATASET_MALFORMED'],
    ['undefined length on implicit LO', raw(0x00100020, '', '', IMPLICIT_LE, UNDEFINED), 'DATASET_MALFORMED', 'i'],
    [
      'garbage in UN of undefined length',
      raw(0x00091001, 'UN', 'garbage garbage!', le, UNDEFINED),
      'DATASET_MALFORMED',
    ],
    ['an odd length', raw(0x00100020, 'LO', 'odd', le), 'DATASET_MALFORMED'],
    ['VR ZZ', raw(0x00100020, 'ZZ', 'text', le), 'DATASET_MALFORMED'],
    ['VR of two NULs', raw(0x00100020, '\0\0', 'text', le), 'DATASET_MALFORMED'],
    ['VR ZZ inside a sequence', openSequence(0x0040a730, item(raw(0x00100020, 'ZZ', 'text', le))), 'DATASET_MALFORMED'],
    [
      'an element longer than its item',
      openSequence(0x0040a730, item(raw(0x0040a160, 'UT', 'ab', le, 90))),
      'DATASET_MALFORMED',
    ],
    [
      'a header that passes the end of its item',
      openSequence(0x0040a730, item(Buffer.alloc(6, 0x20))),
      'DATASET_MALFORMED',
    ],
    [
      'a sequence longer than its item',
      openSequence(0x0040a730, item(raw(0x0040a043, 'SQ', '', le, 1000))),
      'DATASET_MALFORMED',
    ],
    [
      'an item longer than its sequence',
      raw(0x0040a730, 'SQ', item(Buffer.alloc(20)).subarray(0, 12), le),
      'DATASET_MALFORMED',
    ],
    ['an item outside any sequence', item(Buffer.alloc(0)), 'DATASET_MALFORMED'],
    ['a delimiter outside any sequence', delimiter(0xfffee0dd), 'DATASET_MALFORMED'],
    ['an element between items', openSequence(0x0040a730, raw(0x0040a160, 'UT', 'ab', le)), 'DATASET_MALFORMED'],
    [
      'a delimiter with a length',
      Buffer.concat([raw(0x0040a730, 'SQ', '', le, UNDEFINED), tagBytes(0xfffee0dd), Buffer.from([2, 0, 0, 0])]),
      'DATASET_MALFORMED',
    ],
    [
      'a wrong delimiter',
      Buffer.concat([raw(0x0040a730, 'SQ', '', le, UNDEFINED), delimiter(0xfffee00d)]),
      'DATASET_MALFORMED',
    ],
    ['a meta element in the data set', raw(0x00020010, 'UI', '1.2\0', le), 'DATASET_MALFORMED'],
    ['a command element in the data set', raw(0x00000002, 'UI', '1.2\0', le), 'DATASET_MALFORMED'],
    [
      'a fragment of undefined length',
      Buffer.concat([raw(0x7fe00010, 'OB', '', le, UNDEFINED), tagBytes(0xfffee000), Buffer.alloc(4, 0xff)]),
      'DATASET_MALFORMED',
      'r',
    ],
    ['an element of 65 MiB', raw(0x00091001, 'OB', '', le, 65 * 1024 * 1024), 'DATASET_TOO_LARGE'],
    [
      'a LO of 64 MiB in implicit VR',
      raw(0x00100020, '', '', IMPLICIT_LE, 64 * 1024 * 1024 + 2),
      'DATASET_TOO_LARGE',
      'i',
    ],
    ['nothing', Buffer.alloc(0), 'DATASET_TRUNCATED'],
    ['text', Buffer.from('This is a letter about a patient.'), 'DATASET_MALFORMED'],
    ['a SOP Instance UID that is a path', raw(0x00080018, 'UI', '../../pwn\0', le), 'UID_INVALID'],
    ['a SOP Instance UID with NUL inside', raw(0x00080018, 'UI', '1.2.3\0.dcm', le), 'UID_INVALID'],
    ['a SOP Instance UID of 64 KiB', raw(0x00080018, 'UI', '1.2'.repeat(21844), le), 'UID_INVALID'],
    ['two SOP Instance UIDs in one', raw(0x00080018, 'UI', '1.2.3\\1.2.4\0', le), 'UID_INVALID'],
    [
      'a SOP Instance UID twice',
      Buffer.concat([identity(), raw(0x00080018, 'UI', '1.2.9\0', le)]),
      'DATASET_MALFORMED',
    ],
  ];
  it.each(rows.map(([name, dataSet, code, syntax = 'e']) => [name, dataSet, code, syntax] as const))(
    'refuses %s',
    (_name, dataSet, code, syntax) => {
      const syntaxUid = syntax === 'i' ? IMPLICIT_VR_LITTLE_ENDIAN : syntax === 'r' ? RLE : EXPLICIT_VR_LITTLE_ENDIAN;
      expect(codeOf(() => check(dataSet, syntaxUid))).toBe(code);
      expect(codeOf(() => check(dataSet, syntaxUid, { chunk: 1 }))).toBe(code);
    },
  );

  it('refuses a transfer syntax that is not accepted, deflated among them', () => {
    expect(codeOf(() => new StructureCheck('1.2.840.10008.1.2.1.99'))).toBe('DATASET_MALFORMED');
  });

  it('counts elements, items and fragments against the limit', () => {
    const many = Buffer.concat(Array.from({ length: 1001 }, () => raw(0x00091001, 'LO', '')));
    expect(codeOf(() => check(many, undefined, { limits: { elements: 1000 } }))).toBe('DATASET_TOO_LARGE');
    expect(codeOf(() => check(many, undefined, { limits: { elements: 1001 } }))).toBe('none');
  });

  it('counts contour points against the limit, over all contours', () => {
    const contour = (points: number) => {
      const text = Array.from({ length: points }, () => '1\\2\\3').join('\\');
      return item(raw(0x30060050, 'DS', text.length % 2 === 0 ? text : `${text} `));
    };
    const contours = openSequence(0x30060040, Buffer.concat([contour(40), contour(1), contour(59)]));
    for (const chunk of [1, 7, 100_000]) {
      const limited = (contourPoints: number) => () => check(contours, undefined, { chunk, limits: { contourPoints } });
      expect(codeOf(limited(99))).toBe('DATASET_TOO_LARGE');
      expect(codeOf(limited(100))).toBe('none');
    }
  });

  it('limits the whole data set', () => {
    const pixels = raw(0x7fe00010, 'OW', Buffer.alloc(1000));
    expect(codeOf(() => check(pixels, undefined, { limits: { dataSetBytes: 1000 } }))).toBe('DATASET_TOO_LARGE');
  });
});

describe('what only looks odd', () => {
  it('passes fragments, and items inside UN, which are implicit little endian', () => {
    const pixels = Buffer.concat([
      raw(0x7fe00010, 'OB', '', EXPLICIT_LE, UNDEFINED),
      item(Buffer.alloc(0)),
      item(Buffer.alloc(500)),
      delimiter(0xfffee0dd),
    ]);
    expect(check(Buffer.concat([identity(), pixels]), RLE).pixelDataOffset).toBe(identity().length);
    const unknown = Buffer.concat([
      raw(0x00091001, 'UN', '', EXPLICIT_BE, UNDEFINED),
      item(raw(0x00100020, '', 'ab', IMPLICIT_LE), true),
      delimiter(0xfffee0dd),
    ]);
    expect(check(unknown, EXPLICIT_VR_BIG_ENDIAN).byteLength).toBe(unknown.length);
  });

  it('takes a private implicit value for what it is, a sequence only when it begins with an item', () => {
    const opaque = raw(0x00091001, '', 'twelve bytes', IMPLICIT_LE);
    const nested = raw(0x00091002, '', item(raw(0x00091003, '', 'ab', IMPLICIT_LE)), IMPLICIT_LE);
    const dataSet = Buffer.concat([opaque, nested, opaque]);
    for (const chunk of [1, 5, 1000]) expect(check(dataSet, IMPLICIT_VR_LITTLE_ENDIAN, { chunk }).elementCount).toBe(5);
    const broken = raw(0x00091002, '', item(raw(0x00091003, '', 'ab', IMPLICIT_LE, 900)), IMPLICIT_LE);
    expect(codeOf(() => check(broken, IMPLICIT_VR_LITTLE_ENDIAN))).toBe('DATASET_MALFORMED');
  });
});

describe('the instance that was announced (PS3.4 B.2.3)', () => {
  const found = check(identity());

  it('is the one that came', () => {
    expect(() =>
      requireSameInstance(found, { sopClassUid: found.sopClassUid, sopInstanceUid: '1.2.3.4.5' }),
    ).not.toThrow();
    expect(codeOf(() => requireSameInstance(found, { sopInstanceUid: '1.2.3.4.6' }))).toBe('DATASET_MISMATCH');
    expect(codeOf(() => requireSameInstance(found, { sopClassUid: '1.2.840.10008.5.1.4.1.1.4' }))).toBe(
      'DATASET_MISMATCH',
    );
  });

  it('has all four UIDs', () => {
    expect(requireInstanceUids(found).seriesInstanceUid).toBe('1.2.3.6');
    const without = check(raw(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2\0'));
    expect(() => requireInstanceUids(without)).toThrow(/SOPInstanceUID, StudyInstanceUID, SeriesInstanceUID/);
  });
});

describe('speed', () => {
  it('passes pixels at memory speed and a million elements in a moment', () => {
    const chunk = Buffer.alloc(1024 * 1024);
    const structure = new StructureCheck(EXPLICIT_VR_LITTLE_ENDIAN);
    structure.push(raw(0x7fe00010, 'OW', '', EXPLICIT_LE, 1024 * chunk.length));
    const started = cpuMs();
    for (let i = 0; i < 1024; i += 1) structure.push(chunk);
    expect(structure.finish().byteLength).toBe(1024 * chunk.length + 12);
    expect(cpuMs() - started).toBeLessThan(1000);
  });

  it('refuses a file of 30 000 levels without a hang', () => {
    const bytes = file(nestingBomb(30_000));
    const started = cpuMs();
    expect(codeOf(() => checkPart10(bytes))).toBe('DATASET_TOO_DEEP');
    expect(cpuMs() - started).toBeLessThan(1000);
  });
});
