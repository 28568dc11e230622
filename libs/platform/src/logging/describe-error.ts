/**
 * An error as a log line may tell it. Only the message of our own HubError is written; the message of any other error may
 * quote data (SQL parameters, header text, file names), so of those only the class, the code and where it was thrown.
 */
import { types } from 'node:util';
import { HubError } from '@modelbank/contracts';
import { scrubText } from './log-fields';

export interface ErrorDescription {
  /** Class of the error. */
  readonly type: string;
  /** Code of a HubError, or of the system (`ENOENT`, `SQLITE_BUSY`). */
  readonly code?: string;
  /** Of a HubError only. */
  readonly message?: string;
  readonly advice?: string;
  /** `file:line:column` of the innermost frames. */
  readonly frames?: readonly string[];
  readonly cause?: ErrorDescription;
}

const MAX_FRAMES = 8;
const MAX_DEPTH = 4;

/** Code, class and frames of anything thrown; never the text of a foreign error. */
export function describeError(thrown: unknown, depth = 0): ErrorDescription {
  if (!isError(thrown)) return { type: typeof thrown };
  const own = thrown instanceof HubError;
  const inner = causeOf(thrown);
  return withoutUndefined({
    type: own ? 'HubError' : className(thrown),
    code: own ? thrown.code : codeOf(thrown),
    message: own ? scrubText(thrown.message) : undefined,
    advice: own && thrown.advice !== undefined ? scrubText(thrown.advice) : undefined,
    frames: own && inner !== undefined ? undefined : framesOf(thrown),
    cause: inner !== undefined && depth < MAX_DEPTH ? describeError(inner, depth + 1) : undefined,
  });
}

/** Also errors of another realm, and of drivers that make theirs without the class (better-sqlite3). */
export function isError(thrown: unknown): thrown is Error {
  if (thrown instanceof Error || types.isNativeError(thrown)) return true;
  const { message, stack } = Object(thrown) as { message?: unknown; stack?: unknown };
  return typeof message === 'string' && typeof stack === 'string';
}

/** TypeORM keeps what the driver threw as `driverError`. */
function causeOf(error: Error): unknown {
  return error.cause ?? (error as { driverError?: unknown }).driverError ?? undefined;
}

function className(error: Error): string {
  const name = error.constructor?.name ?? '';
  return /^[A-Za-z_$][\w$]{0,60}$/.test(name) ? name : 'Error';
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code === 'number') return String(code);
  return typeof code === 'string' && /^[A-Z0-9][A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
}

/** A message may have lines of its own, even lines that look like frames: it is cut off before frames are looked for. */
function framesOf(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const message = String(error.message);
  const start = message === '' ? 0 : stack.indexOf(message);
  if (start < 0) return [];
  return stack
    .slice(start + message.length)
    .split('\n')
    .map((line) => /^\s+at (?:.*\()?((?:node:|file:\/\/|\/)[^()\s]+:\d+:\d+)\)?$/.exec(line)?.[1])
    .filter((frame) => frame !== undefined)
    .slice(0, MAX_FRAMES);
}

function withoutUndefined(description: {
  [K in keyof ErrorDescription]: ErrorDescription[K] | undefined;
}): ErrorDescription {
  return Object.fromEntries(Object.entries(description).filter(([, value]) => value !== undefined)) as never;
}
