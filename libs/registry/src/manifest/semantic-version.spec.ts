import { compareVersions, SEMANTIC_VERSION } from './semantic-version';

/** The order of semver.org 11.4, with numbers of several digits. */
const ASCENDING = [
  '0.0.1',
  '0.9.0',
  '0.10.0',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.1',
  '10.0.0',
];

describe('compareVersions', () => {
  it('orders every pair', () => {
    ASCENDING.forEach((a, i) =>
      ASCENDING.forEach((b, j) => expect(Math.sign(compareVersions(a, b))).toBe(Math.sign(i - j))),
    );
  });

  it.each(['1.2', '01.0.0', '1.0.0-', '1.0.0-01', '1.0.0+build', 'v1.0.0', '1.0.0 '])('refuses %p', (version) => {
    expect(SEMANTIC_VERSION.test(version)).toBe(false);
    expect(() => compareVersions(version, '1.0.0')).toThrow(RangeError);
  });
});
