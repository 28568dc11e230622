/** Keeps the demonstration's hub serving until Ctrl-C, or until the hub ends by itself. */
import type { CommandContext } from '../context';
import type { RunningHub } from './hub-process';

export async function untilInterrupted({ output }: CommandContext, hub: RunningHub): Promise<void> {
  output.note('\nThe hub goes on serving. Ctrl-C ends it.');
  let stop: () => void = () => undefined;
  const interrupted = new Promise<void>((resolve) => {
    stop = resolve;
  });
  process.once('SIGINT', stop).once('SIGTERM', stop);
  await Promise.race([interrupted, hub.ended]);
  process.off('SIGINT', stop).off('SIGTERM', stop);
}
