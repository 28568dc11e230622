import fc from 'fast-check';
import { dateMatcher, matchesWildcard, timeMatcher, uidsOf } from './match-value';

describe('wildcards', () => {
  it.each([
    ['CT*', 'CT HEAD', true],
    ['CT*', 'MR', false],
    ['*HEAD', 'CT HEAD', true],
    ['C?', 'CT', true],
    ['C?', 'C', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'xxbxxaxx', false],
    ['', '', true],
    ['*', '', true],
    ['?', '', false],
    ['a.c', 'abc', false],
    ['(a+)+$', '(a+)+$', true],
  ])('%j on %j: %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it('agree with regular expressions that mean the same', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesWildcard(pattern, text)).toBe(expression.test(text));
      }),
    );
  });

  it('end, whatever they look like: an expression would try for ever (G5)', () => {
    const pattern = `${'*a'.repeat(32)}*b`;
    expect(matchesWildcard(pattern, 'a'.repeat(100_000))).toBe(false);
  });
});

describe('ranges', () => {
  it.each([
    ['20260101', '20260101', true],
    ['20260101', '20260102', false],
    ['20260101-20260131', '20260115', true],
    ['20260101-20260131', '20260201', false],
    ['20260101-', '20991231', true],
    ['-20260131', '20260131', true],
    ['-20260131', '', false],
  ])('of dates: %s on %j: %s', (key, value, expected) => {
    expect(dateMatcher(key)([value])).toBe(expected);
  });

  it('of times compare as far as they go', () => {
    expect(timeMatcher('1000-1030')(['103059.5'])).toBe(true);
    expect(timeMatcher('1000-1030')(['1031'])).toBe(false);
  });

  it.each(['-', '2026', '20260101-20260102-20260103', '2026010a', '20260101\\20260102', '--'])(
    'that are none are refused: %s',
    (key) => expect(() => dateMatcher(key)).toThrow('neither a value nor a range'),
  );
});

describe('lists of UIDs', () => {
  it('are separated by commas or backslashes, and bounded', () => {
    expect(uidsOf('1.2,1.3\\1.4')).toEqual(['1.2', '1.3', '1.4']);
    expect(() => uidsOf(Array.from({ length: 101 }, (_, at) => `1.${at}`).join())).toThrow('at most 100');
    expect(() => uidsOf("1.2,1.3' OR '1'='1")).toThrow('something else');
  });
});
