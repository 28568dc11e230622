import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessTokens } from './access-tokens';
import { OPERATOR_TOKEN_FILE, readOrMakeOperatorToken } from './operator-token';

describe('the operator token', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'modelbank-token-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('is made once, random, and readable by its owner only', () => {
    const token = readOrMakeOperatorToken(home);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(readOrMakeOperatorToken(home)).toBe(token);
    expect(statSync(join(home, OPERATOR_TOKEN_FILE)).mode & 0o777).toBe(0o600);
  });

  it('is refused when others can read it, or when it is no token', () => {
    readOrMakeOperatorToken(home);
    chmodSync(join(home, OPERATOR_TOKEN_FILE), 0o644);
    expect(() => readOrMakeOperatorToken(home)).toThrow('others can read the operator token');
    chmodSync(join(home, OPERATOR_TOKEN_FILE), 0o600);
    writeFileSync(join(home, OPERATOR_TOKEN_FILE), 'letmein');
    expect(() => readOrMakeOperatorToken(home)).toThrow('does not hold a token');
  });

  it('names the operator, and no other text does', () => {
    const tokens = accessTokens('secret');
    expect(tokens.callerOf('secret')?.actor).toBe('operator');
    expect(tokens.callerOf('Secret')).toBeUndefined();
    expect(tokens.callerOf('')).toBeUndefined();
  });
});
