/**
 * A real consumer: cornerstone's image loader (the one inside OHIF) in a headless Chromium, from another origin, with a person's token.
 * Its packages are no dependencies of ours: the test runs where MODELBANK_TEST_CORNERSTONE names a folder in which they were installed
 * (`npm install --ignore-scripts @cornerstonejs/core@2 @cornerstonejs/dicom-image-loader@2 esbuild@0.24`).
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deriveUid, readPixelDescription, readPixelFrames } from '@modelbank/dicom';
import { decodeFrame } from '@modelbank/imaging';
import { IntakeBench } from '../../../../../test/support/intake-bench';
import { storeInstance } from '../../../../../test/support/stored-instances';

const PACKAGES = process.env.MODELBANK_TEST_CORNERSTONE ?? '';
const DATA = process.env.MODELBANK_TEST_DATA ?? resolve(__dirname, '../../../../../../shared/data');
const canRun =
  PACKAGES !== '' && existsSync(join(DATA, 'ct-syntaxes-wg04')) && spawnSync('chromium', ['--version']).status === 0;
if (!canRun) process.stdout.write('skipped: needs MODELBANK_TEST_CORNERSTONE, the test data and chromium\n');

const FILES = ['CT2_UNC', 'CT1_JLSL', 'CT1_J2KR', 'CT1_JPLL', 'CT1_RLE'];
const TOKEN = 'token-of-viewer';

interface Result {
  readonly error?: string;
  readonly images?: readonly { readonly rows: number; readonly columns: number; readonly sha256: string }[];
}

/** The page, its worker and the codecs of the packages, and one place to leave the result. */
class PageServer {
  readonly result: Promise<Result>;
  private leave: (result: Result) => void = () => undefined;
  private readonly server: Server;

  constructor(
    private readonly folder: string,
    private readonly asked: () => unknown,
  ) {
    this.result = new Promise((resolve) => (this.leave = resolve));
    this.server = createServer((request, response) => this.serve(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    if (path === '/result') {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => response.end(void this.leave(JSON.parse(text) as Result)));
    } else if (path === '/asked.json') response.end(JSON.stringify(this.asked()));
    else if (path === '/')
      response.setHeader('content-type', 'text/html').end('<script type="module" src="/page.js"></script>');
    else if (path.startsWith('/@cornerstonejs/')) {
      const codec = createRequire(join(PACKAGES, 'package.json')).resolve(path.slice(1));
      response.setHeader('content-type', 'application/wasm').end(readFileSync(codec));
    } else if (/^\/(page|decodeImageFrameWorker)\.js$/.test(path)) {
      response.setHeader('content-type', 'text/javascript').end(readFileSync(join(this.folder, path)));
    } else response.writeHead(404).end();
  }
}

/** Node's own modules, which the packages name and a browser does not have, are left empty. */
async function bundle(outdir: string): Promise<void> {
  interface Esbuild {
    build(options: object): Promise<unknown>;
  }
  const esbuild = createRequire(join(PACKAGES, 'package.json'))('esbuild') as Esbuild;
  const loader = 'node_modules/@cornerstonejs/dicom-image-loader/dist/esm/decodeImageFrameWorker.js';
  const page = resolve(__dirname, '../../../../../test/support/cornerstone-page.js');
  await esbuild.build({
    ...{ bundle: true, format: 'esm', platform: 'browser', outdir, absWorkingDir: PACKAGES, logLevel: 'error' },
    nodePaths: [join(PACKAGES, 'node_modules')],
    entryPoints: { page, decodeImageFrameWorker: loader },
    alias: Object.fromEntries(
      ['fs', 'path', 'crypto', 'url', 'events'].map((name) => [name, join(outdir, 'empty.js')]),
    ),
    define: { global: 'globalThis', 'process.env.NODE_ENV': '"production"' },
  });
}

/** Rescaled values in the order of the file, as the loader keeps them for a CT. */
function hounsfieldSha256(path: string): string {
  const bytes = readFileSync(path);
  const { rescaleSlope, rescaleIntercept, ...format } = readPixelDescription(bytes);
  const stored = decodeFrame(format, readPixelFrames(bytes)[0], '1.2.840.10008.1.2.1');
  const values = Int16Array.from(stored, (value) => value * rescaleSlope + rescaleIntercept);
  return createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
}

(canRun ? it : it.skip)(
  "loads slices in five encodings through cornerstone's loader, and gets the pixels of the uncompressed ones",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modelbank-cornerstone-'));
    writeFileSync(join(folder, 'empty.js'), 'export default {};');
    await bundle(folder);
    const asked = { base: '', token: TOKEN, paths: [] as string[] };
    const pages = new PageServer(folder, () => asked);
    const origin = await pages.listen();
    const bench = await IntakeBench.open({
      callers: { [TOKEN]: { actor: 'viewer', permissions: new Set(['dicomweb:read']), centreIds: ['odense'] } },
      configure: ({ dicomweb }) => (dicomweb.allowedOrigins = [origin]),
    });
    await bench.enrol();
    const wg04 = (name: string) => join(DATA, 'ct-syntaxes-wg04', `${name}.dcm`);
    for (const name of FILES) {
      // encodings of the same instance: each gets UIDs of its own
      const bytes = readFileSync(wg04(name));
      const row = await storeInstance(bench, 'odense', bytes, bytes, { sopInstanceUid: deriveUid(name) });
      asked.paths.push(
        `studies/${row.studyInstanceUid}/series/${row.seriesInstanceUid}/instances/${row.sopInstanceUid}`,
      );
    }
    asked.base = `https://localhost:${bench.dicomwebPort}/dicomweb/MODELBANK`;
    const gpu = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
    const browser = ['--headless', '--no-sandbox', '--ignore-certificate-errors', '--remote-debugging-port=0'];
    const profile = `--user-data-dir=${join(folder, 'profile')}`;
    const chromium = spawn('chromium', [...browser, ...gpu, profile, origin], { stdio: 'ignore' });
    try {
      const { images, error } = await pages.result;
      expect(error).toBeUndefined();
      const expected = FILES.map((name) => hounsfieldSha256(wg04(`${name.slice(0, 3)}_UNC`)));
      expect(images?.map(({ sha256 }) => sha256)).toEqual(expected);
    } finally {
      chromium.kill('SIGKILL');
      pages.close();
      await bench.dispose();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
  120_000,
);
