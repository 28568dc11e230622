/**
 * What happens to the rest of a body that nobody wants: a refused sender gets its answer, and then its connection is closed
 * instead of reading gigabytes. `Expect: 100-continue` (RFC 9110 10.1.1) is answered when a route begins to read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a refused sender may go on, so that it sees the answer before the connection ends. */
const LINGER_MS = 1_000;
const MOST_DISCARDED = 1024 * 1024;

const waiting = new WeakSet<IncomingMessage>();

export function expectsContinue(request: IncomingMessage): void {
  waiting.add(request);
}

/** Before the first byte of the body is read. */
export function letBodyCome(request: IncomingMessage, response: ServerResponse): void {
  if (waiting.delete(request)) response.writeContinue();
}

/** The body was read to its end: the connection may serve the next request. */
export function keepConnection(response: ServerResponse): void {
  if (!response.headersSent) response.removeHeader('Connection');
}

export function closeUnlessRead(request: IncomingMessage, response: ServerResponse): void {
  if (!hasBody(request)) return;
  response.setHeader('Connection', 'close');
  response.once('finish', () => {
    if (!request.complete) discardFor(LINGER_MS, request);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function discardFor(milliseconds: number, request: IncomingMessage): void {
  let discarded = 0;
  const end = (): void => void request.socket.destroy();
  const timer = setTimeout(end, milliseconds);
  request.socket.once('close', () => clearTimeout(timer));
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MOST_DISCARDED) end();
  });
  request.resume();
}
