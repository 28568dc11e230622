/**
 * The operator token: a random secret in a file that only the owner of MODELBANK_HOME can read. Reading the file is the
 * proof of being the operator, so a file that others can read is refused.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubError } from '@modelbank/contracts';

export const OPERATOR_TOKEN_FILE = 'operator.token';
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** The token of this home folder; made at the first start. */
export function readOrMakeOperatorToken(home: string): string {
  const path = join(home, OPERATOR_TOKEN_FILE);
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(path, 0o600);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new HubError('STORAGE_FAILED', 'the operator token could not be written', { cause: thrown });
    }
  }
  return readOperatorToken(path);
}

function readOperatorToken(path: string): string {
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new HubError('INVALID_CONFIGURATION', 'others can read the operator token', {
      advice: 'Delete operator.token in MODELBANK_HOME and start again: a new token is made with mode 0600.',
    });
  }
  const token = readFileSync(path, 'utf8').trim();
  if (!TOKEN_PATTERN.test(token)) {
    throw new HubError('INVALID_CONFIGURATION', 'operator.token does not hold a token', {
      advice: 'Delete operator.token in MODELBANK_HOME and start again.',
    });
  }
  return token;
}
