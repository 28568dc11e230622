/**
 * The release policy: who may run which model version on which data. Rows are tried in order, the first that matches
 * decides, the default is DENY. Until approvals, commissioning and trials are registered, the rows that need them cannot
 * match, so test data on test destinations is all that is allowed.
 */
import type { ReleaseDecision } from '../decision';

/** Stored with every decision; rises with every change of the rows. */
export const RELEASE_POLICY_VERSION = '0.1.0';

export interface ReleaseInputs {
  /** Whether the registry, the audit trail and the revocations could be asked. */
  readonly registryReachable: boolean;
  /** The registered package is whole (every file has its digest) and not revoked. */
  readonly packageTrusted: boolean;
  readonly purpose: 'care' | 'trial' | 'research' | 'commissioning' | 'test';
  /** Where the result would go; `none` while it only runs and stays here. */
  readonly destination: 'clinical' | 'test' | 'none';
}

interface PolicyRow {
  readonly row: string;
  readonly allowed: boolean;
  readonly code: string;
  readonly matches: (inputs: ReleaseInputs) => boolean;
  readonly reason: (inputs: ReleaseInputs) => string;
}

/** Every ALLOW ends with this, and so does every result made under it. */
export const ALLOW_LABEL = 'Its result is made by AI and is not approved; it is for test only.';

const ROWS: readonly PolicyRow[] = [
  {
    row: '0',
    allowed: false,
    code: 'FAIL_CLOSED',
    matches: (inputs) => !inputs.registryReachable,
    reason: () => 'The registry, the audit trail or the revocations cannot be reached; the hub waits and tries again.',
  },
  {
    row: '1',
    allowed: false,
    code: 'UNTRUSTED',
    matches: (inputs) => !inputs.packageTrusted,
    reason: () => 'The model package differs from what was registered, or was revoked.',
  },
  {
    row: '5',
    allowed: true,
    code: 'TEST',
    matches: (inputs) => inputs.purpose === 'test' && inputs.destination !== 'clinical',
    reason: () => `The purpose is test and no clinical destination is involved. ${ALLOW_LABEL}`,
  },
  {
    row: '5',
    allowed: false,
    code: 'TEST_TO_CLINICAL',
    matches: (inputs) => inputs.purpose === 'test',
    reason: () => 'A result made for test is never returned to a clinical destination.',
  },
];

const DEFAULT_ROW: PolicyRow = {
  row: 'default',
  allowed: false,
  code: 'NO_ROW_MATCHES',
  matches: () => true,
  reason: ({ purpose }) =>
    `No row of the policy allows the purpose ${purpose}: this hub holds no approval, commissioning or trial for it yet.`,
};

/** The decision for one model version on one input set, to run it or to send its result. */
export function decideRelease(inputs: ReleaseInputs): ReleaseDecision {
  const { row, allowed, code, reason } = ROWS.find(({ matches }) => matches(inputs)) ?? DEFAULT_ROW;
  return { allowed, code, row, policyVersion: RELEASE_POLICY_VERSION, reason: reason(inputs) };
}
