import { descriptionMatcher, MAX_PATTERN_LENGTH, patternProblem } from './safe-pattern';

describe('patternProblem', () => {
  it.each([
    'head',
    '^RT\\b',
    'head.*neck',
    'h(ead|als)? ?(and|&) ?neck',
    '\\bH&N\\b',
    '[a-c\\d]+x',
    '(?:thorax|chest)',
    'a{2,3}',
    'lung+?$',
    '1\\.5 ?mm',
    'x'.repeat(MAX_PATTERN_LENGTH),
  ])('allows %s', (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  });

  it.each([
    ['', '1 to 128 characters'],
    ['x'.repeat(MAX_PATTERN_LENGTH + 1), '1 to 128 characters'],
    ['(a+)+', 'repeats a group'],
    ['(a|a)*', 'repeats a group'],
    ['(ab){2,}', 'repeats a group'],
    ['a*b*c*d', 'too long'],
    ['(a|a)'.repeat(20), 'too long'],
    ['a?'.repeat(20) + 'a'.repeat(20), 'too long'],
    ['(?=a)b', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['(?<name>a)', 'look-around'],
    ['(a)\\1', 'not allowed'],
    ['\\u0041', 'not allowed'],
    ['(a', 'not closed'],
    ['a)', 'too many'],
    ['[a', 'not allowed'],
    ['a**', 'not allowed'],
    ['[z-a]', 'not a regular expression'],
  ])('refuses %s: %s', (pattern, reason) => {
    expect(patternProblem(pattern)).toContain(reason);
  });

  it('matches without case and within the length that the bound was counted for', () => {
    expect(descriptionMatcher('chest|thorax')('RT THORAX 3mm')).toBe(true);
    expect(descriptionMatcher('end$')(`${'x'.repeat(200)}end`)).toBe(false);
  });

  it('keeps its bound: the worst allowed pattern on the worst text', () => {
    const started = process.hrtime.bigint();
    expect(patternProblem('a*a*b')).toBeUndefined();
    expect(descriptionMatcher('a*a*b')('a'.repeat(10_000))).toBe(false);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(200);
  });
});
