/** The process of a hub, as `modelbank serve` runs it: configuration, start, signals, exit code. */
import 'reflect-metadata';
import { asHubError, exitCodeOf } from '@modelbank/contracts';
import { createLogger, loadConfiguration, printable } from '@modelbank/platform';
import type { HubOverrides } from './hub-overrides';
import { startHub } from './start-hub';

export { startHub } from './start-hub';
export type { RunningHub } from './start-hub';
export type { HubOverrides } from './hub-overrides';

/** Runs until a signal; a failure to start ends the process with the exit code of its error. */
export async function runHubProcess(overrides: HubOverrides = {}): Promise<void> {
  await serve(overrides).catch((thrown: unknown) => {
    const { code, message, advice } = asHubError(thrown);
    process.stderr.write(`${code}: ${message}${advice === undefined ? '' : `\n${advice}`}\n`);
    process.exit(exitCodeOf(code));
  });
}

async function serve(overrides: HubOverrides): Promise<void> {
  const configuration = loadConfiguration(process.env);
  const logger = createLogger(configuration.log);
  process.stdout.write(`${JSON.stringify({ configuration: printable(configuration) })}\n`);
  process.on('uncaughtException', (thrown) => {
    logger.fatal('the hub ends because of a failure that nobody caught', thrown);
    process.exit(exitCodeOf('INTERNAL'));
  });
  const hub = await startHub(configuration, { logger, ...overrides });
  const stop = (): void => {
    hub.close().then(
      () => process.exit(0),
      (thrown: unknown) => {
        logger.fatal('the hub did not close cleanly', thrown);
        process.exit(exitCodeOf('INTERNAL'));
      },
    );
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  // started by the demonstration over an IPC channel: a hub must not outlive it
  if (process.connected) process.once('disconnect', stop);
}

if (require.main === module) void runHubProcess();
