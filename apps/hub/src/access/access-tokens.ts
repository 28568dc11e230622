/** Bearer token -> caller. Tokens are kept and compared as digests, so that neither a dump nor the timing tells one. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { OPERATOR } from './permissions';
import type { Caller } from './permissions';

export const ACCESS_TOKENS = Symbol('AccessTokens');

export interface AccessTokens {
  /** The caller that the token belongs to, if any. */
  callerOf(token: string): Caller | undefined;
}

/** Knows the operator token and the callers given beside it. */
export function accessTokens(operatorToken: string, others: Readonly<Record<string, Caller>> = {}): AccessTokens {
  const known = [[operatorToken, OPERATOR] as const, ...Object.entries(others)].map(
    ([token, caller]) => [digestOf(token), caller] as const,
  );
  return {
    callerOf(token) {
      const digest = digestOf(token);
      return known.filter(([candidate]) => timingSafeEqual(candidate, digest)).map(([, caller]) => caller)[0];
    },
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
