/** A DICOMweb client for tests, on Node's https: whatever a test plants goes onto the wire as it is. */
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { readFile } from 'node:fs/promises';
import { parseUid, part10Preamble, EXPLICIT_VR_LITTLE_ENDIAN } from '@modelbank/dicom';
import { CT_IMAGE_STORAGE, sliceDataSet, sliceUids } from './ct-slices';
import type { SlicePlan } from './ct-slices';
import type { IntakeBench } from './intake-bench';

export const BOUNDARY = 'modelbank-test-boundary';

export interface DicomwebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly isReusedConnection: boolean;
}

export interface DicomwebRequest {
  readonly method?: string;
  readonly path: string;
  /** Whose certificate is shown. */
  readonly centre?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | readonly Buffer[];
  readonly tls?: RequestOptions;
}

/** One connection, one request. Rejects when the connection is lost before an answer. */
export async function dicomweb(bench: IntakeBench, asked: DicomwebRequest): Promise<DicomwebAnswer> {
  const tls =
    asked.centre === undefined ? { ca: await readFile(bench.pki.caPath) } : await bench.socketTls(asked.centre);
  const bearer = asked.token === undefined ? {} : { authorization: `Bearer ${asked.token}` };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: 'localhost', port: bench.dicomwebPort, method: asked.method ?? 'GET', path: asked.path },
        ...{ agent: false, headers: { ...bearer, ...asked.headers } },
        ...(tls as RequestOptions),
        ...asked.tls,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
            isReusedConnection: sent.reusedSocket,
          }),
        );
      },
    );
    sent.on('error', reject);
    for (const piece of asked.body === undefined ? [] : [asked.body].flat()) sent.write(piece);
    sent.end();
  });
}

export function multipart(parts: readonly Buffer[], mediaType = 'application/dicom'): Buffer {
  const head = Buffer.from(`--${BOUNDARY}\r\nContent-Type: ${mediaType}\r\n\r\n`);
  return Buffer.concat([
    ...parts.flatMap((part) => [head, part, Buffer.from('\r\n')]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
}

export const STOW_HEADERS = { 'content-type': `multipart/related; type="application/dicom"; boundary=${BOUNDARY}` };

export function stow(
  bench: IntakeBench,
  parts: readonly Buffer[],
  more: Partial<DicomwebRequest> = {},
): Promise<DicomwebAnswer> {
  return dicomweb(bench, {
    ...{ method: 'POST', path: '/dicomweb/MODELBANK/studies', centre: 'odense', headers: STOW_HEADERS },
    ...{ body: multipart(parts), ...more },
  });
}

/** A whole file, as a part holds it. */
export function sliceFile(plan: SlicePlan, transferSyntaxUid: string = EXPLICIT_VR_LITTLE_ENDIAN): Buffer {
  const preamble = part10Preamble({
    sopClassUid: parseUid(plan.sopClassUid ?? CT_IMAGE_STORAGE),
    sopInstanceUid: sliceUids(plan).instance,
    transferSyntaxUid: parseUid(transferSyntaxUid),
  });
  return Buffer.concat([preamble, sliceDataSet(plan)]);
}

export type DicomJson = Record<string, { vr: string; Value?: unknown[] }>;

export function jsonOf<T = DicomJson>({ body }: DicomwebAnswer): T {
  return JSON.parse(body.toString()) as T;
}
