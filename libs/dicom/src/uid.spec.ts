import * as fc from 'fast-check';
import { isAeTitle, parseAeTitle } from './ae-title';
import { DicomError } from './dicom-error';
import { deriveUid, isUid, parseUid } from './uid';

describe('UIDs (PS3.5 9.1)', () => {
  it.each(['1.2', '1.2.840.10008.1.2', '2.25.0', '0.0', `1.${'2'.repeat(62)}`])('accepts %s', (text) => {
    expect(parseUid(text)).toBe(text);
  });

  it.each([
    ['empty', ''],
    ['one component', '1'],
    ['relative path', '../../pwn'],
    ['absolute path', '/etc/cron.d/x'],
    ['Windows path', '..\\..\\x'],
    ['NUL inside', '1.2.3\0.dcm'],
    ['device name', 'CON'],
    ['trailing slash', '1.2.3/'],
    ['65 characters', `1.${'2'.repeat(63)}`],
    ['64 KiB', '1.2'.repeat(21846)],
    ['leading zero', '1.02.3'],
    ['empty component', '1..2'],
    ['trailing dot', '1.2.'],
    ['leading dot', '.1.2'],
    ['newline after it', '1.2.3\n'],
    ['padding', '1.2.3 '],
    ['shell', '1.2.3;id'],
    ['substitution', '$(id)'],
    ['digits of another script', '1.٢'],
    ['root arc 3', '3.1'],
  ])('refuses: %s', (_name, text) => {
    expect(isUid(text)).toBe(false);
    expect(() => parseUid(text)).toThrow(expect.objectContaining({ code: 'UID_INVALID' }));
  });

  it('never repeats the text in its message', () => {
    expect(() => parseUid('HANSEN^PETER')).toThrow(/^(?!.*HANSEN).*$/);
  });

  it('derives the same valid UID from the same parts, and others from other parts', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (parts) => {
        const uid = deriveUid(...parts);
        expect(isUid(uid)).toBe(true);
        expect(deriveUid(...parts)).toBe(uid);
      }),
    );
    expect(deriveUid('ab', 'c')).not.toBe(deriveUid('a', 'bc'));
    expect(deriveUid('a')).not.toBe(deriveUid('a', ''));
  });

  it('derives a UUID of version 8 and variant 10', () => {
    const hex = BigInt(deriveUid('job', 'RTSTRUCT').slice('2.25.'.length)).toString(16).padStart(32, '0');
    expect(hex[12]).toBe('8');
    expect('89ab').toContain(hex[16]);
  });
});

describe('AE titles (PS3.5 6.2)', () => {
  it.each([
    ['AARHUS_TPS', 'AARHUS_TPS'],
    ['  STORESCU      ', 'STORESCU'],
    ['A B', 'A B'],
    ['X'.repeat(16), 'X'.repeat(16)],
  ])('reads %j as %j', (text, title) => {
    expect(parseAeTitle(text)).toBe(title);
    expect(isAeTitle(title)).toBe(true);
  });

  it.each(['', ' ', ' '.repeat(16), '\0'.repeat(16), 'A\\B', 'A\r\nB', 'RØNTGEN', 'X'.repeat(17), 'A\tB', '\u007f'])(
    'refuses %j',
    (text) => {
      expect(() => parseAeTitle(text)).toThrow(DicomError);
      expect(isAeTitle(text)).toBe(false);
    },
  );
});
