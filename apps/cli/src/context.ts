/** What every command gets: where the hub's home is, where to print, how to set the exit code. */
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { createOutput } from './output/output';
import type { Output } from './output/output';
import { connectToHub } from './hub-client';
import type { HubClient } from './hub-client';

export interface CommandContext {
  /** MODELBANK_HOME, absolute. */
  readonly home: string;
  readonly output: Output;
  readonly setExitCode: (code: number) => void;
  connect(): Promise<HubClient>;
}

export type SetExitCode = (code: number) => void;

/** Reads the global options `--home` and `--json`, which may stand before or after the command's name. */
export function contextOf(command: Command, setExitCode: SetExitCode): CommandContext {
  const { home, json } = command.optsWithGlobals<{ home?: string; json?: boolean }>();
  const folder = resolve(home ?? process.env.MODELBANK_HOME ?? join(process.cwd(), '.modelbank'));
  return {
    home: folder,
    output: createOutput(json === true, process.stdout, process.stderr),
    setExitCode,
    connect: () => connectToHub(folder),
  };
}

/** Adds the options that every command has. */
export function withGlobalOptions(command: Command): Command {
  return command
    .option('--home <dir>', 'folder with all state of the hub (default: MODELBANK_HOME or ./.modelbank)')
    .option('--json', 'print one JSON value instead of text');
}
