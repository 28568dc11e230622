import { createHash } from 'node:crypto';
import { packageDigest } from './package-digest';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];

describe('packageDigest', () => {
  it('hashes paths and digests in byte order, whatever the order of the keys', () => {
    const expected = createHash('sha256').update(`MODEL_CARD.md\n${B}\nmodel.yaml\n${A}\n`).digest('hex');
    expect(packageDigest({ 'model.yaml': A, 'MODEL_CARD.md': B })).toBe(expected);
    expect(packageDigest({ 'MODEL_CARD.md': B, 'model.yaml': A })).toBe(expected);
  });

  it.each([[{ 'model.yaml': B }], [{ 'model.yml': A }], [{ 'model.yaml': A, other: A }], [{}]])(
    'differs for %p',
    (files) => {
      expect(packageDigest(files)).not.toBe(packageDigest({ 'model.yaml': A }));
    },
  );

  it('refuses what would make two packages look the same', () => {
    expect(() => packageDigest({ [`a\n${A}\nb`]: A })).toThrow(RangeError);
    expect(() => packageDigest({ a: 'A' })).toThrow(RangeError);
  });
});
