import { ALLOW_LABEL, decideRelease, RELEASE_POLICY_VERSION } from './decide-release';
import type { ReleaseInputs } from './decide-release';

const TEST_RUN: ReleaseInputs = { registryReachable: true, packageTrusted: true, purpose: 'test', destination: 'none' };

describe('decideRelease', () => {
  it.each<[Partial<ReleaseInputs>, string, string, boolean]>([
    [{}, 'TEST', '5', true],
    [{ destination: 'test' }, 'TEST', '5', true],
    [{ destination: 'clinical' }, 'TEST_TO_CLINICAL', '5', false],
    [{ purpose: 'care' }, 'NO_ROW_MATCHES', 'default', false],
    [{ purpose: 'care', destination: 'test' }, 'NO_ROW_MATCHES', 'default', false],
    [{ purpose: 'trial' }, 'NO_ROW_MATCHES', 'default', false],
    [{ purpose: 'research' }, 'NO_ROW_MATCHES', 'default', false],
    [{ purpose: 'commissioning', destination: 'test' }, 'NO_ROW_MATCHES', 'default', false],
    [{ packageTrusted: false }, 'UNTRUSTED', '1', false],
    [{ registryReachable: false }, 'FAIL_CLOSED', '0', false],
    [{ registryReachable: false, packageTrusted: false }, 'FAIL_CLOSED', '0', false],
  ])('%p: %s by row %s', (changes, code, row, allowed) => {
    const decision = decideRelease({ ...TEST_RUN, ...changes });
    expect(decision).toMatchObject({ code, row, allowed, policyVersion: RELEASE_POLICY_VERSION });
    expect(decision.reason).toMatch(/\.$/);
  });

  it('says of every ALLOW that the result is made by AI, not approved and for test', () => {
    expect(decideRelease(TEST_RUN).reason).toContain(ALLOW_LABEL);
    expect(ALLOW_LABEL).toMatch(/AI.*not approved.*test/);
  });
});
