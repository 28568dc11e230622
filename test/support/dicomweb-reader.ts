/** Reading through the DICOMweb door for tests, with a multipart parser that is not ours. */
import { Dicer } from '@fastify/busboy';
import { dicomweb } from './dicomweb-client';
import type { DicomwebAnswer, DicomwebRequest } from './dicomweb-client';
import type { IntakeBench } from './intake-bench';

export interface WebPart {
  readonly type: string;
  readonly location?: string;
  readonly body: Buffer;
}

export type WebCaller = Pick<DicomwebRequest, 'centre' | 'token'>;

/** GET below `/dicomweb/MODELBANK/`. */
export function webGet(
  bench: Pick<IntakeBench, 'dicomwebPort' | 'pki' | 'socketTls'>,
  path: string,
  caller: WebCaller,
  headers: Record<string, string> = {},
): Promise<DicomwebAnswer> {
  return dicomweb(bench as IntakeBench, { ...caller, path: `/dicomweb/MODELBANK/${path}`, headers });
}

/** The parts of a `multipart/related` answer. */
export async function partsOf({ headers, body }: DicomwebAnswer): Promise<WebPart[]> {
  const type = String(headers['content-type']);
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary === undefined) throw new Error(`no multipart answer: ${type}`);
  const parts: Promise<WebPart>[] = [];
  const dicer = new Dicer({ boundary });
  dicer.on('part', (part) => {
    let fields: Record<string, string[]> = {};
    const chunks: Buffer[] = [];
    part.on('header', (header) => (fields = header as Record<string, string[]>));
    part.on('data', (chunk: Buffer) => chunks.push(chunk));
    const whole = (): WebPart => ({
      type: fields['content-type']?.[0] ?? '',
      location: fields['content-location']?.[0],
      body: Buffer.concat(chunks),
    });
    parts.push(new Promise((resolve) => part.on('end', () => resolve(whole()))));
  });
  await new Promise<void>((resolve, reject) =>
    dicer
      .on('finish', () => resolve())
      .on('error', reject)
      .end(body),
  );
  return Promise.all(parts);
}

export const jsonOf = <T>({ body }: DicomwebAnswer): T => JSON.parse(body.toString('utf8')) as T;
