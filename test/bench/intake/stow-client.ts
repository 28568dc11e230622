/** STOW-RS (PS3.18 section 10.5) as a gateway does it: one request with many instances, streamed from disk over mutual TLS. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ToolTls } from '@modelbank/testing';

const READ_BYTES = 262_144;
const SILENCE_MS = 60_000;

export interface StowTarget {
  readonly port: number;
  /** Up to and with `/studies`. */
  readonly path: string;
  readonly tls: ToolTls;
}

/** Rejects unless every instance was stored. */
export async function storeStudies(target: StowTarget, files: readonly string[]): Promise<void> {
  const boundary = randomUUID();
  const [ca, cert, key] = await Promise.all(
    [target.tls.caPath, target.tls.certPath, target.tls.keyPath].map((path) => readFile(path)),
  );
  const sending = request({
    ...{ host: '127.0.0.1', port: target.port, path: target.path, method: 'POST', ca, cert, key, agent: false },
    headers: {
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      accept: 'application/dicom+json',
    },
  });
  sending.setTimeout(SILENCE_MS, () => sending.destroy(new Error('the server was silent for a minute')));
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  // an answer that comes early says more than the pipe that broke
  const sent = pipeline(Readable.from(multipart(files, boundary)), sending).catch((failure: Error) => failure);
  const [response] = await answered;
  let text = '';
  for await (const bytes of response) text += String(bytes);
  await sent;
  if (response.statusCode !== 200) throw new Error(`STOW-RS ended with ${response.statusCode}: ${text.slice(0, 500)}`);
}

async function* multipart(files: readonly string[], boundary: string): AsyncGenerator<string | Buffer> {
  for (const file of files) {
    yield `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`;
    yield* createReadStream(file, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>;
    yield '\r\n';
  }
  yield `--${boundary}--\r\n`;
}
