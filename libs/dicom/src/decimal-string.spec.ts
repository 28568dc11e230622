import * as fc from 'fast-check';
import { formatDs, formatIs } from './decimal-string';

describe('decimal strings (PS3.5 6.2, DS)', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [-1024, '-1024'],
    [0.1, '0.1'],
    [1 / 3, '0.33333333333333'],
    [-1 / 3, '-0.3333333333333'],
    [3.14159265358979e-7, '3.14159265359e-7'],
    [-3.14159265358979e-7, '-3.1415926536e-7'],
    [1e-300, '1e-300'],
    [1.2345678901234567e-300, '1.23456789e-300'],
    [Number.MAX_VALUE, '1.79769313e308'],
    [-Number.MAX_VALUE, '-1.79769313e308'],
    [5e-324, '5e-324'],
    [123456789012345680, '1.23456789012e17'],
    [1e21, '1e21'],
    [0.000123456789012345, '1.23456789012e-4'],
    [99999999999999.99, '100000000000000'],
    [-123.456789012345678, '-123.45678901235'],
  ])('writes %d as %s', (value, text) => {
    expect(formatDs(value)).toBe(text);
  });

  it('never takes more than 16 characters, and is as near as 9 digits in the worst case', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = formatDs(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?(e-?\d+)?$/);
        expect(text.length).toBeLessThanOrEqual(16);
        const normal = Math.abs(value) > 1e-300;
        if (normal) expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-8);
      }),
      { numRuns: 5000 },
    );
  });

  it('writes rounded coordinates as the runtime does', () => {
    fc.assert(
      fc.property(fc.double({ min: -3000, max: 3000, noNaN: true }), fc.nat(7), (value, places) => {
        const rounded = Number(value.toFixed(places));
        const text = String(Object.is(rounded, -0) ? 0 : rounded);
        if (!text.includes('e')) expect(formatDs(rounded)).toBe(text);
        expect(Number(formatDs(rounded))).toBe(rounded + 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps patient coordinates to a millionth of a millimetre', () => {
    fc.assert(
      fc.property(fc.double({ min: -10_000, max: 10_000, noNaN: true }), (value) => {
        expect(Math.abs(Number(formatDs(value)) - value)).toBeLessThan(1e-6);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([NaN, Infinity, -Infinity])('refuses %d', (value) => {
    expect(() => formatDs(value)).toThrow(expect.objectContaining({ code: 'DATASET_MALFORMED' }));
  });
});

describe('integer strings (PS3.5 6.2, IS)', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [42, '42'],
    [-2147483648, '-2147483648'],
  ])('writes %d as %s', (value, text) => {
    expect(formatIs(value)).toBe(text);
  });
  it.each([0.5, 2147483648, NaN, 99999999999])('refuses %d', (value) => {
    expect(() => formatIs(value)).toThrow(expect.objectContaining({ code: 'DATASET_MALFORMED' }));
  });
});
