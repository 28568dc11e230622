/** The hostile peer at the DICOMweb door: whatever a row writes goes onto the wire as it is. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { BOUNDARY, multipart } from '../../support/dicomweb-client';
import type { Attacker } from './attacker';

export const STUDIES = '/dicomweb/MODELBANK/studies';
const ANSWER_WITHIN_MS = 10_000;

export interface WebRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Instead of a certificate. */
  readonly token?: string;
}

export interface WebAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request on a connection of its own. */
export function web(attacker: Attacker, asked: WebRequest): Promise<WebAnswer> {
  const { token, headers, body, method = 'GET', path = STUDIES } = asked;
  const tls = token === undefined ? attacker.tls : { ca: attacker.tls.ca, checkServerIdentity: () => undefined };
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: dicomwebPort(attacker), method, path, agent: false, ...tls };
    const sent = request({ ...options, headers: { ...bearer, connection: 'close', ...headers } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    sent.setTimeout(ANSWER_WITHIN_MS, () => sent.destroy(new Error('no answer')));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A STOW request of these parts. */
export function stow(
  attacker: Attacker,
  parts: readonly Buffer[],
  mediaType = 'application/dicom',
): Promise<WebAnswer> {
  const headers = { 'content-type': `multipart/related; type="application/dicom"; boundary=${BOUNDARY}` };
  return web(attacker, { method: 'POST', headers, body: multipart(parts, mediaType) });
}

/** Writes the head of a request by hand and gives the status line that comes back. */
export function rawHead(attacker: Attacker, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: dicomwebPort(attacker), ...(attacker.tls as ConnectionOptions) });
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.once('secureConnect', () => socket.write(head));
    socket.once('data', (chunk: Buffer) => {
      resolve(
        chunk
          .toString()
          .split('\r\n', 1)[0]
          .replace(/^HTTP\/1\.1 (\d+).*/, 'HTTP $1'),
      );
      socket.destroy();
    });
  });
}

function dicomwebPort({ place }: Attacker): number {
  const address: unknown = JSON.parse(readFileSync(join(place.hub.home, 'hub.json'), 'utf8'));
  return (address as { dicomwebPort: number }).dicomwebPort;
}
