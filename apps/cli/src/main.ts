/** The entry of the command line: parses the arguments, runs one command, ends with an exit code that scripts can trust. */
import 'reflect-metadata';
import { CommanderError } from 'commander';
import { asHubError, exitCodeOf } from '@modelbank/contracts';
import { createOutput } from './output/output';
import { createProgram } from './program';

const EXIT_USAGE = 2;

export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await run(argv);
}

/** Runs one command; returns its exit code: 0, 2 for wrong usage, else that of the error's code. */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  try {
    await createProgram((code) => {
      exitCode = code;
    }).parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT_USAGE;
    const error = asHubError(thrown);
    createOutput(argv.includes('--json'), process.stdout, process.stderr).failure(error);
    if (error.code === 'INTERNAL' && process.env.MODELBANK_DEBUG === '1') process.stderr.write(`${stackOf(thrown)}\n`);
    return exitCodeOf(error.code);
  }
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
