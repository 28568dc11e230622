/** The command line as a person or a script runs it: a process of its own, with its output and exit code. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '@modelbank/platform';

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const MODELBANK = join(repositoryRoot(), 'bin', 'modelbank');

/** Runs `bin/modelbank ...` on the given home. */
export function modelbank(home: string, ...args: readonly string[]): Promise<CommandResult> {
  return runProcess(process.execPath, [MODELBANK, ...args], { MODELBANK_HOME: home });
}

export function runProcess(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd = repositoryRoot(),
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...environment } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
