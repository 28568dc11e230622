/** Every failure of a request becomes an RFC 9457 problem. Nothing of the request body, the query or a cause is echoed. */
import { Catch, HttpException, Inject, Optional } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ERROR_CODES, HubError, httpStatusOf } from '@modelbank/contracts';
import type { ErrorCode } from '@modelbank/contracts';
import { challengeOf } from './challenge';

/** `application/problem+json` of this API. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly advice?: string;
  readonly instance: string;
}

/** What keeps us from serving passes in seconds (other requests) or needs a person (a full disk). */
export const RETRY_AFTER_S = '30';

export const PROBLEM_REPORTER = Symbol('ProblemReporter');
/** Told of failures that are ours (5xx), for the log. */
export type ProblemReporter = (problem: Problem, thrown: unknown) => void;

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Optional() @Inject(PROBLEM_REPORTER) private readonly report?: ProblemReporter) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw thrown;
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(thrown, request.path);
    if (problem.status >= 500) this.report?.(problem, thrown);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const challenge = challengeOf(problem, request.headers.authorization !== undefined);
    if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
    if (problem.status === 429 || problem.status === 503) response.setHeader('Retry-After', RETRY_AFTER_S);
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

/** The problem that a thrown value is told as. */
export function problemOf(thrown: unknown, path: string): Problem {
  const failure = hubErrorOf(thrown);
  return {
    type: `urn:modelbank:problem:${failure.code}`,
    title: ERROR_CODES[failure.code].title,
    status: httpStatusOf(failure.code),
    code: failure.code,
    detail: failure.message,
    ...(failure.advice === undefined ? {} : { advice: failure.advice }),
    instance: path,
  };
}

function hubErrorOf(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusOfParser(thrown);
  if (status === 404)
    return new HubError('NOT_FOUND', 'there is no such route', { advice: 'See /api/v1/openapi.json.' });
  if (status === 401) return new HubError('UNAUTHENTICATED', 'a valid bearer token is needed');
  if (status === 403) return new HubError('FORBIDDEN', 'this is not allowed');
  if (status === 413) return new HubError('DATASET_TOO_LARGE', 'the request body is larger than allowed');
  if (status !== undefined && status >= 400 && status < 500) {
    return new HubError('INVALID_REQUEST', 'the request could not be read', { cause: thrown });
  }
  return new HubError('INTERNAL', 'unexpected failure', { cause: thrown });
}

/** body-parser throws plain errors with a status. */
function statusOfParser(thrown: unknown): number | undefined {
  const status = (thrown as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
}
