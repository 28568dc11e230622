/**
 * C-STORE throughput over mutual TLS: 200 CT instances of 512 KB in one association, sent by dcmtk's storescu to our SCP
 * and to dcmtk's storescp, and by our SCU to storescp. All write every instance to disk; prints medians and their ratios.
 * Run: npm run build && node dist/test/bench/dimse.js
 */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES, part10Preamble } from '@modelbank/dicom';
import {
  createDimseServer,
  ensurePki,
  sendFiles,
  type DevelopmentPki,
  type DimseServer,
  type StoreRequest,
  type StoreSink,
} from '@modelbank/dimse';
import { runStorescu, startStorescp, writeSyntheticCt } from '@modelbank/testing';

const INSTANCES = 200;
const PIXEL_BYTES = 512 * 1024;
const ROUNDS = 5;
const MEGABYTES = (INSTANCES * PIXEL_BYTES) / 1e6;
const FLUSH_BYTES = 4 * 1024 ** 2;

/** Part 10 to disk in flushes of 4 MB, as intake does, without fsync. */
function diskSink(folder: string, request: StoreRequest<string>): StoreSink {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid } = request;
  const stream = createWriteStream(join(folder, `${sopInstanceUid}.dcm`), { highWaterMark: FLUSH_BYTES });
  const meta = { sopClassUid: sopClassUid as typeof sopInstanceUid, sopInstanceUid };
  stream.write(part10Preamble({ ...meta, transferSyntaxUid: transferSyntaxUid as typeof sopInstanceUid }));
  return {
    write: (chunk) => {
      if (stream.write(chunk)) return undefined;
      return new Promise((resolve) => stream.once('drain', () => resolve()));
    },
    finish: async () => {
      stream.end();
      await finished(stream);
      return 0;
    },
    abort: () => void stream.destroy(),
  };
}

async function startOurScp(pki: DevelopmentPki, folder: string): Promise<{ server: DimseServer; port: number }> {
  const { certPath, keyPath } = pki.hub.server;
  const server = createDimseServer<string>({
    tls: { ca: await readFile(pki.caPath), cert: await readFile(certPath), key: await readFile(keyPath) },
    presentationContexts: STORAGE_SOP_CLASSES.map(({ uid }) => ({
      abstractSyntax: uid,
      transferSyntaxes: TRANSFER_SYNTAXES.map((syntax) => syntax.uid),
    })),
    authorise: async (peer) => ({ accept: true, context: peer.callingAeTitle }),
    onStore: (request) => diskSink(folder, request),
  });
  return { server, port: (await server.listen(0)).port };
}

/** Interleaves the contenders, so that a busy moment of the machine hits all of them. */
async function race(contenders: Readonly<Record<string, () => Promise<void>>>): Promise<Record<string, number>> {
  const rates: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const startMs = performance.now();
      await run();
      (rates[name] ??= []).push(MEGABYTES / ((performance.now() - startMs) / 1_000));
    }
  }
  return Object.fromEntries(
    Object.entries(rates).map(([name, all]) => {
      all.sort((a, b) => a - b);
      const median = all[Math.floor(ROUNDS / 2)];
      const spread = `${all[0].toFixed(0)} to ${all[ROUNDS - 1].toFixed(0)}`;
      process.stdout.write(`${name.padEnd(28)} ${median.toFixed(0).padStart(5)} MB/s  (${spread})\n`);
      return [name, median];
    }),
  );
}

async function main(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'dimse-bench-'));
  const [files, ours, theirs] = ['files', 'ours', 'theirs'].map((name) => join(home, name));
  for (const folder of [files, ours, theirs]) await mkdir(folder);
  const pki = await ensurePki(home, ['bench'], new Date());
  const paths: string[] = [];
  for (let index = 0; index < INSTANCES; index += 1) {
    paths.push((await writeSyntheticCt(join(files, `${index}.dcm`), `bench ${index}`, PIXEL_BYTES)).path);
  }
  const { server, port } = await startOurScp(pki, ours);
  const storescp = await startStorescp(theirs, { caPath: pki.caPath, ...pki.hub.server }, ['--max-pdu', '131072']);
  const client = { caPath: pki.caPath, ...pki.centres.bench.client };
  const titles = { callingAeTitle: 'BENCH', calledAeTitle: 'ANY' };
  const options = ['--max-send-pdu', '131072', '+sd', files];
  const send = async (toPort: number): Promise<void> => {
    const { exitCode, output } = await runStorescu({ port: toPort, ...titles, tls: client }, options);
    if (exitCode !== 0) throw new Error(output);
  };
  const tls = {
    ca: await readFile(pki.caPath),
    cert: await readFile(client.certPath),
    key: await readFile(client.keyPath),
  };
  const sendOurselves = async (toPort: number): Promise<void> => {
    const sent = await sendFiles({ host: '127.0.0.1', port: toPort, tls, ...titles }, paths);
    const failed = sent.find(({ error }) => error);
    if (failed) throw failed.error;
  };
  try {
    process.stdout.write(`${INSTANCES} instances, ${MEGABYTES.toFixed(0)} MB, mutual TLS, ${ROUNDS} rounds, medians\n`);
    const rates = await race({
      'storescu to storescp': () => send(storescp.port),
      'storescu to our SCP': () => send(port),
      'our SCU to storescp': () => sendOurselves(storescp.port),
    });
    const ratio = (name: string): string => (rates[name] / rates['storescu to storescp']).toFixed(2);
    process.stdout.write(`our SCP / storescp: ${ratio('storescu to our SCP')}\n`);
    process.stdout.write(`our SCU / storescu: ${ratio('our SCU to storescp')}\n`);
  } finally {
    await server.close(0);
    await storescp.stop();
    await rm(home, { recursive: true });
  }
}

if (require.main === module) {
  main().catch((failure: Error) => {
    process.stderr.write(`${failure.stack}\n`);
    process.exitCode = 1;
  });
}
