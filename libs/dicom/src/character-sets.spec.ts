import { cpuMs } from '../test-support/cpu-time';
import { characterSetOf } from './character-sets';
import { EXPLICIT_LE, file, identity, item, raw } from '../test-support/raw-bytes';
import { openPart10 } from './open-part10';
import { readPatientStudyModule } from './read-patient';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('SpecificCharacterSet (PS3.3 C.12.1.1.2)', () => {
  it.each<[string, string[], Buffer, string]>([
    ['default repertoire', [], bytes('Hansen^Peter'), 'Hansen^Peter'],
    ['Danish in Latin-1', ['ISO_IR 100'], bytes('S\xf8rensen^\xc5se \xc6gir'), 'Sørensen^Åse Ægir'],
    ['Danish in ISO 2022', ['', 'ISO 2022 IR 100'], bytes('S\x1b-A\xf8rensen^\x1b-A\xc5se'), 'Sørensen^Åse'],
    ['Danish in Latin-1 by ISO 2022 from the start', ['ISO 2022 IR 100'], bytes('S\xf8rensen'), 'Sørensen'],
    ['Danish in UTF-8', ['ISO_IR 192'], Buffer.from('Sørensen^Åse'), 'Sørensen^Åse'],
    ['Latin-2', ['ISO_IR 101'], bytes('Wa\xb3\xeasa'), 'Wałęsa'],
    ['Cyrillic', ['ISO_IR 144'], bytes('\xbb\xee\xda'), 'Люк'],
    ['Turkish', ['ISO_IR 148'], bytes('\xdd\xfe'), 'İş'],
    [
      'Japanese',
      ['', 'ISO 2022 IR 87'],
      bytes('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B'),
      'Yamada^Tarou=山田^太郎',
    ],
    [
      'Japanese after a half-width start',
      ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
      bytes('\xd4\xcf=\x1b$B;3\x1b(J^x'),
      'ﾔﾏ=山^x',
    ],
    ['Korean', ['', 'ISO 2022 IR 149'], bytes('\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce'), '洪^吉'],
    ['Chinese', ['GB18030'], Buffer.from([0xcd, 0xf5, 0x5e, 0xd0, 0xa1]), '王^小'],
    ['misspelt', ['ISO-IR 100'], bytes('\xf8'), 'ø'],
    ['misspelt UTF-8', ['ISO_IR_192'], Buffer.from('ø'), 'ø'],
  ])('decodes %s', (_name, terms, text, decoded) => {
    const set = characterSetOf(terms);
    expect(set.decode(text)).toBe(decoded);
    expect(set.known).toBe(true);
  });

  it.each(['ISO_IR 999', 'KLINGON', 'constructor', '__proto__'])(
    'reads %s as Latin-1 and says that it is unknown',
    (term) => {
      const set = characterSetOf([term]);
      expect(set.known).toBe(false);
      expect(set.decode(bytes('S\xf8rensen'))).toBe('Sørensen');
    },
  );

  it('survives escape bombs and unknown escapes', () => {
    const set = characterSetOf(['', 'ISO 2022 IR 87']);
    const started = cpuMs();
    expect(set.decode(bytes('\x1b$B'.repeat(20_000)))).toBe('');
    expect(set.decode(bytes('\x1b'.repeat(60_000)))).toHaveLength(60_000);
    expect(set.decode(bytes('a\x1b(Zb'))).toContain('b');
    expect(cpuMs() - started).toBeLessThan(1000);
  });

  it('is inherited by items and replaced where an item has its own', () => {
    const name = (text: Buffer) => raw(0x00100010, 'PN', text);
    const dataSet = Buffer.concat([
      raw(0x00080005, 'CS', 'ISO_IR 100'),
      raw(
        0x00081140,
        'SQ',
        Buffer.concat([
          item(name(bytes('\xd8e'))),
          item(Buffer.concat([raw(0x00080005, 'CS', 'ISO_IR 192'), name(Buffer.from('Øst '))])),
        ]),
      ),
      identity(EXPLICIT_LE),
    ]);
    const names = openPart10(file(dataSet))
      .dataSet.items('ReferencedImageSequence')
      .map((each) => each.text('PatientName'));
    expect(names).toEqual(['Øe', 'Øst']);
  });

  it('turns a Danish patient into Unicode for the result', () => {
    const sorted = Buffer.concat([
      raw(0x00080005, 'CS', 'ISO_IR 100'),
      identity(),
      raw(0x00100010, 'PN', bytes('\xd8stergaard^\xc6gir\\')),
    ]);
    expect(readPatientStudyModule(file(sorted)).PatientName).toBe('Østergaard^Ægir');
  });
});
