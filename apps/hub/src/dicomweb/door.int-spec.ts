/** The DICOMweb door as the network meets it: certificates, tokens, other origins, and nothing but `/dicomweb/`. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { IntakeBench } from '../../../../test/support/intake-bench';

let bench: IntakeBench;

beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
});
afterAll(() => bench.dispose());

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** `centre`: whose certificate is shown; null shows none. */
async function ask(path: string, centre: string | null, options: RequestOptions = {}): Promise<Answer> {
  const tls = centre === null ? { ca: await readFile(bench.pki.caPath) } : await bench.socketTls(centre);
  return new Promise((resolve, reject) => {
    const target = { host: 'localhost', port: bench.dicomwebPort, path, agent: false, ...tls, ...options };
    request(target as RequestOptions, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    })
      .on('error', reject)
      .end();
  });
}

describe('the DICOMweb door', () => {
  it.each(['/api/v1/centres', '/health', '/metrics', '/', '/API/v1/centres', '/dicomweb', '//dicomweb/x'])(
    'does not know %s',
    async (path) => {
      const token = { headers: { authorization: `Bearer ${bench.operatorToken}` } };
      expect((await ask(path, 'odense', token)).status).toBe(404);
    },
  );
});
