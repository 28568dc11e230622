/**
 * Nest's own lines through the hub's logger (`NestFactory.create(..., { logger: new NestLogger(logger) })`). Nest hands over
 * whatever was thrown, stack included: strings of its error channel are dropped, errors are described.
 */
import type { LoggerService } from '@nestjs/common';
import { isError } from './describe-error';
import type { HubLogger } from './logger';

/** Contexts whose lines are constant texts of the framework, with module, route and pattern names only. */
const FRAMEWORK = new Set([
  'NestFactory',
  'InstanceLoader',
  'ModuleLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestMicroservice',
  'WebSocketsController',
  'MicroserviceController',
]);

export class NestLogger implements LoggerService {
  constructor(private readonly logger: HubLogger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(textOf(message, rest), { context: contextOf(rest) });
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(textOf(message, rest), { context: contextOf(rest) });
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(textOf(message, rest), { context: contextOf(rest) });
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(textOf(message, rest), { context: contextOf(rest) }, errorOf(message, rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error('the framework reported an error', errorOf(message, rest), { context: contextOf(rest) });
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal('the framework reported an error', errorOf(message, rest), { context: contextOf(rest) });
  }
}

function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' && /^[\w-]{1,60}$/.test(last) ? last : undefined;
}

function textOf(message: unknown, rest: readonly unknown[]): string {
  const context = contextOf(rest);
  return typeof message === 'string' && context !== undefined && FRAMEWORK.has(context)
    ? message
    : 'a line of the framework';
}

function errorOf(message: unknown, rest: readonly unknown[]): unknown {
  return [message, ...rest].find(isError);
}
