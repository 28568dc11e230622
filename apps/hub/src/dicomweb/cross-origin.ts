/**
 * Web pages of other origins (Fetch standard, CORS): those of the configuration may call us, all others are refused, because
 * a browser would show them a client certificate of its own. Nothing depends on cookies, so credentials are never allowed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

const ONE_HOUR_S = '3600';

export type CrossOrigin = 'go on' | 'answered' | 'refused';

export function crossOrigin(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  allowedOrigins: readonly string[],
): CrossOrigin {
  const { origin } = headers;
  response.setHeader('Vary', 'Origin');
  if (origin === undefined || origin === `https://${headers.host ?? ''}`) return 'go on';
  if (!allowedOrigins.includes(origin)) return 'refused';
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', 'Content-Location, Link, Retry-After, Warning, WWW-Authenticate');
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return 'go on';
  response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST');
  response.setHeader('Access-Control-Allow-Headers', 'Accept, Authorization, Content-Type');
  response.setHeader('Access-Control-Max-Age', ONE_HOUR_S);
  response.writeHead(204).end();
  return 'answered';
}
