/** A DICOMweb client for tests: HTTPS with a certificate or a token, and a multipart parser that is not ours. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { Dicer } from '@fastify/busboy';
import type { IntakeBench } from './intake-bench';

export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface WebPart {
  readonly type: string;
  readonly location?: string;
  readonly body: Buffer;
}

export interface WebCaller {
  /** Whose certificate is shown. */
  readonly centre?: string;
  readonly token?: string;
}

/** GET below `/dicomweb/MODELBANK/`. */
export async function webGet(
  bench: IntakeBench,
  path: string,
  { centre, token }: WebCaller,
  headers: Record<string, string> = {},
): Promise<WebAnswer> {
  const tls = centre === undefined ? { ca: await readFile(bench.pki.caPath) } : await bench.socketTls(centre);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const options = {
    ...{ host: 'localhost', port: bench.dicomwebPort, agent: false, path: `/dicomweb/MODELBANK/${path}` },
    ...tls,
    headers: { ...authorization, ...headers },
  } as RequestOptions;
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('close', () => {
        if (!response.complete) return reject(new Error('the answer was cut off'));
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered as WebAnswer['headers'], body: Buffer.concat(chunks) });
      });
    })
      .on('error', reject)
      .end();
  });
}

/** The parts of a `multipart/related` answer. */
export async function partsOf({ headers, body }: WebAnswer): Promise<WebPart[]> {
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) throw new Error(`no multipart answer: ${headers['content-type']}`);
  const parts: Promise<WebPart>[] = [];
  const dicer = new Dicer({ boundary });
  dicer.on('part', (part) => {
    let fields: Record<string, string[]> = {};
    const chunks: Buffer[] = [];
    part.on('header', (header) => (fields = header as Record<string, string[]>));
    part.on('data', (chunk: Buffer) => chunks.push(chunk));
    parts.push(
      new Promise((resolve) =>
        part.on('end', () =>
          resolve({
            type: fields['content-type']?.[0] ?? '',
            location: fields['content-location']?.[0],
            body: Buffer.concat(chunks),
          }),
        ),
      ),
    );
  });
  await new Promise<void>((resolve, reject) =>
    dicer
      .on('finish', () => resolve())
      .on('error', reject)
      .end(body),
  );
  return Promise.all(parts);
}

export const jsonOf = <T>({ body }: WebAnswer): T => JSON.parse(body.toString('utf8')) as T;
