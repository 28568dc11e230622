/** `WWW-Authenticate`: tells a client what to present instead (RFC 6750 section 3; RFC 9470 for a stronger identification). */
import type { ErrorCode } from '@modelbank/contracts';

const REALM = 'Bearer realm="modelbank"';

/** Undefined where the answer is not about who asks. */
export function challengeOf(
  { status, code }: { readonly status: number; readonly code: ErrorCode },
  hadToken: boolean,
): string | undefined {
  if (code === 'ASSURANCE_TOO_LOW') return `${REALM}, error="insufficient_user_authentication"`;
  if (status === 401) return hadToken ? `${REALM}, error="invalid_token"` : REALM;
  return code === 'FORBIDDEN' && hadToken ? `${REALM}, error="insufficient_scope"` : undefined;
}
