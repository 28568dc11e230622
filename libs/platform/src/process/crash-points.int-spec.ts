/** A crash point kills the process with SIGKILL, at once, and only in a test build that asked for it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessCrashPoints } from './crash-points';

const TEST_BUILD = { MODELBANK_TEST_BUILD: '1', MODELBANK_CRASH_AT: 'intake.beforeCommit' };

describe('crash points', () => {
  const kill = jest.spyOn(process, 'kill');
  const wait = jest.spyOn(Atomics, 'wait');
  beforeEach(() => {
    kill.mockReset().mockReturnValue(true);
    wait.mockReset().mockReturnValue('timed-out');
  });
  afterAll(() => jest.restoreAllMocks());

  it('die at the n-th reach of the named point, and block until the signal arrives', () => {
    const points = new ProcessCrashPoints({ ...TEST_BUILD, MODELBANK_CRASH_COUNT: '2' });
    points.reach('intake.beforeFsync');
    points.reach('intake.beforeCommit');
    expect(kill).not.toHaveBeenCalled();
    points.reach('intake.beforeCommit');
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGKILL');
    expect(wait).toHaveBeenCalledTimes(1);
  });

  it('do nothing outside a test build', () => {
    new ProcessCrashPoints({ ...TEST_BUILD, MODELBANK_TEST_BUILD: undefined }).reach('intake.beforeCommit');
    expect(kill).not.toHaveBeenCalled();
  });

  it.each([{ MODELBANK_CRASH_AT: 'nowhere' }, { MODELBANK_CRASH_COUNT: '0' }])('refuse %p', (wrong) => {
    expect(() => new ProcessCrashPoints({ ...TEST_BUILD, ...wrong })).toThrow(/MODELBANK_CRASH/);
  });

  it('really end a process before its next line', () => {
    const source = readFileSync(join(__dirname, 'crash-points.ts'), 'utf8');
    const body = /function dieNow\(\): void \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? '';
    const { signal, stdout } = spawnSync(process.execPath, [
      '-e',
      `const BLOCK_MS = 60000; process.stdout.write('before'); (() => {${body}})(); process.stdout.write('after');`,
    ]);
    expect(signal).toBe('SIGKILL');
    expect(String(stdout)).not.toContain('after');
  });
});
