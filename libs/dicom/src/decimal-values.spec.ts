import * as fc from 'fast-check';
import { decimalValues } from './decimal-values';

const read = (text: string) => decimalValues(Buffer.from(text, 'latin1'));

describe('reading DS and IS', () => {
  it.each<[string, number[]]>([
    ['1\\2\\3', [1, 2, 3]],
    [' 1.50 \\-2.25\\+3 ', [1.5, -2.25, 3]],
    ['.5\\5.\\-.5', [0.5, 5, -0.5]],
    ['1e3\\1E-3\\-1.5e+2', [1000, 0.001, -150]],
    ['0.1234567890123456789', [0.1234567890123456789]],
    ['123456789012345678901', [123456789012345678901]],
    ['17\0', [17]],
  ])('reads %j', (text, values) => {
    expect(read(text)).toEqual(values);
  });

  it.each([
    '',
    ' ',
    '\\',
    '-',
    '+',
    '.',
    '1,5',
    '1.2.3',
    '--1',
    '1-',
    'e5',
    '1e',
    '0x10',
    'NaN',
    'Infinity',
    '1e999999',
    '1 2',
    '1.5mm',
    '1'.repeat(65),
  ])('reads %j as NaN', (text) => {
    expect(read(text).every(Number.isNaN)).toBe(true);
  });

  it('reads every number exactly as the runtime does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), fc.nat(17), (value, digits) => {
        const texts = [String(value), value.toPrecision(digits + 1), value.toFixed(digits)].filter(
          (text) => text.length <= 64,
        );
        expect(read(texts.join('\\'))).toEqual(texts.map(Number));
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.nat(9), (digits, places) => {
        const text = (digits / 10 ** places).toFixed(places);
        expect(read(text)[0]).toBe(Number(text));
      }),
    );
  });
});
