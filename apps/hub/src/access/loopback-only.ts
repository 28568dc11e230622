/**
 * Refuses requests whose Host is not this machine's loopback name (DNS rebinding) or that a foreign web page makes
 * (Origin), because a browser on the operator's machine can reach loopback too.
 */
import type { NextFunction, Request, Response } from 'express';
import { HubError } from '@modelbank/contracts';
import { doorOf } from './door';
import { problemOf } from './problem.filter';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

export function loopbackOnly(request: Request, response: Response, next: NextFunction): void {
  if (doorOf(request) === 'dicomweb') return next();
  const host = request.headers.host ?? '';
  const origin = request.headers.origin;
  const foreign = !LOOPBACK.test(host) || (origin !== undefined && origin !== `http://${host}`);
  if (!foreign) return next();
  const problem = problemOf(new HubError('FORBIDDEN', 'the API answers on loopback names only'), request.path);
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
