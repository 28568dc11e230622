import * as fc from 'fast-check';
import { inputSetDigest } from './input-set-digest';

const member = fc.record({
  role: fc.constantFrom('ct', 'prior'),
  sopInstanceUid: fc.stringMatching(/^1\.2\.[1-9]\d{0,5}$/),
  contentSha256: fc.stringMatching(/^[0-9a-f]{8}$/),
});

describe('the digest of an input set', () => {
  it('does not depend on the order of its members', () => {
    fc.assert(
      fc.property(fc.array(member), (members) => {
        expect(inputSetDigest([...members].reverse())).toBe(inputSetDigest(members));
      }),
    );
  });

  it('changes with the role, the UID and the content of a member', () => {
    const base = { role: 'ct', sopInstanceUid: '1.2.3', contentSha256: 'ab' };
    const digests = [
      base,
      { ...base, role: 'prior' },
      { ...base, sopInstanceUid: '1.2.4' },
      { ...base, contentSha256: 'ac' },
    ].map((one) => inputSetDigest([one]));
    expect(new Set(digests).size).toBe(4);
  });
});
