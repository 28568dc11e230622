/** Log lines for people: time, level, text, then the fields; used when `log.pretty` is set. */
import type { DestinationStream } from 'pino';

/** Wraps a destination so that each JSON line becomes one readable line. */
export function prettyLines(target: DestinationStream): DestinationStream {
  return { write: (line) => target.write(`${prettyLine(line)}\n`) };
}

function prettyLine(line: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 23);
  const parts = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  if (err !== undefined) parts.push(JSON.stringify(err));
  return [clock, String(level).toUpperCase().padEnd(5), String(msg ?? ''), ...parts].join(' ').trimEnd();
}
