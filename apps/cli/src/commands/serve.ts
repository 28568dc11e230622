/** `modelbank serve`: runs the hub in the foreground until Ctrl-C. */
import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { ensurePki } from '@modelbank/dimse';
import { hubArguments } from '@modelbank/platform';
import { contextOf } from '../context';
import type { CommandContext, SetExitCode } from '../context';

export function addServeCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('serve')
    .description('run the hub until Ctrl-C; it listens on loopback unless the configuration says otherwise')
    .action(async (_options, command: Command) => {
      const context = contextOf(command, setExitCode);
      // a hub of one's own machine needs certificates: what is there stays as it is
      await ensurePki(context.home, [], new Date());
      setExitCode(await serve(context));
    });
}

/** The hub is a process of its own; signals are passed on, its exit code is ours. */
async function serve(context: CommandContext): Promise<number> {
  const hub = spawn(process.execPath, hubArguments(), {
    env: { ...process.env, MODELBANK_HOME: context.home },
    stdio: 'inherit',
  });
  const forward = (signal: NodeJS.Signals) => () => hub.kill(signal);
  // Ctrl-C in a terminal reaches the hub itself; SIGTERM reaches only us
  const onInterrupt = () => undefined;
  const onTerminate = forward('SIGTERM');
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
  return new Promise((resolve) => {
    hub.once('close', (code, signal) => {
      process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1));
    });
  });
}
