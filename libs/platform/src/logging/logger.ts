/**
 * The hub's logger: pino behind a narrow door. Lines have a constant text and fields of a closed list; errors are described
 * by code and class. The same filter sits inside pino, for what reaches it another way (nestjs-pino's request lines).
 */
import { pino } from 'pino';
import type { DestinationStream, Logger as PinoLogger } from 'pino';
import type { LogConfiguration, LogLevel } from '../config/configuration';
import { describeError, isError } from './describe-error';
import { allowedFields, scrubText } from './log-fields';
import type { LogFields } from './log-fields';
import { prettyLines } from './pretty-lines';

export const LOGGER = Symbol('HubLogger');

export interface HubLogger {
  trace(text: string, fields?: LogFields): void;
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields, error?: unknown): void;
  error(text: string, error: unknown, fields?: LogFields): void;
  fatal(text: string, error: unknown, fields?: LogFields): void;
  /** A logger that adds these fields to each line. */
  with(fields: LogFields): HubLogger;
  /** For nestjs-pino's `pinoHttp: { logger }`; its lines pass the same filter. */
  readonly pino: PinoLogger;
}

/** A logger to stdout, or to `destination` in tests. Text is written by us: values belong into fields. */
export function createLogger(configuration: LogConfiguration, destination?: DestinationStream): HubLogger {
  const target = destination ?? pino.destination({ fd: 1, sync: true });
  return wrap(pinoOf(configuration.level, configuration.pretty ? prettyLines(target) : target));
}

function pinoOf(level: LogLevel, destination: DestinationStream): PinoLogger {
  const logger = pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (described: unknown) => described },
      formatters: {
        level: (label) => ({ level: label }),
        bindings: (bindings: Record<string, unknown> | null) => allowedFields(bindings ?? {}),
        log: (fields) => filtered(fields),
      },
      hooks: {
        logMethod(args, method) {
          method.apply(this, onlySafeArguments(args) as Parameters<typeof method>);
        },
      },
    },
    destination,
  );
  return filterBindings(logger);
}

/** pino does not pass the bindings of children through its formatters; a child inherits these methods. */
function filterBindings(logger: PinoLogger): PinoLogger {
  const { child, setBindings } = logger;
  return Object.assign(logger, {
    child(this: PinoLogger, bindings: Record<string, unknown>, options?: { level?: string }) {
      return child.call(this, filtered(bindings), { level: options?.level });
    },
    setBindings(this: PinoLogger, bindings: Record<string, unknown>): void {
      setBindings.call(this, filtered(bindings));
    },
  });
}

/** pino takes (fields, text, ...values) or (error, text) or (text, ...values): values are never put into the text. */
function onlySafeArguments(args: readonly unknown[]): [object, string] {
  const [first, second] = args;
  if (typeof first === 'string') return [{}, scrubText(first)];
  const text = typeof second === 'string' ? scrubText(second) : '';
  return [isError(first) ? { err: first } : Object(first), text];
}

/** `req` and `res` are what pino-http adds: of a request its method and path without the query, of a response its status. */
function filtered(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = allowedFields(fields);
  if (fields.err !== undefined) kept.err = describeError(fields.err);
  const request = fields.req as { method?: unknown; url?: unknown } | undefined;
  if (request) Object.assign(kept, allowedFields({ method: request.method, route: pathOf(request.url) }));
  const response = fields.res as { statusCode?: unknown } | undefined;
  if (response) Object.assign(kept, allowedFields({ status: response.statusCode }));
  return kept;
}

function pathOf(url: unknown): string | undefined {
  return typeof url === 'string' ? url.split('?')[0] : undefined;
}

function wrap(logger: PinoLogger): HubLogger {
  return {
    pino: logger,
    trace: (text, fields = {}) => logger.trace(fields, text),
    debug: (text, fields = {}) => logger.debug(fields, text),
    info: (text, fields = {}) => logger.info(fields, text),
    warn: (text, fields = {}, err = undefined) => logger.warn({ ...fields, err }, text),
    error: (text, err, fields = {}) => logger.error({ ...fields, err }, text),
    fatal: (text, err, fields = {}) => logger.fatal({ ...fields, err }, text),
    with: (fields) => wrap(logger.child(allowedFields(fields))),
  };
}
