/**
 * Intake against the servers that people would otherwise use: C-STORE over mutual TLS with one and four associations, an
 * object of 511 MB, STOW-RS with one and four clients, and our SCU against storescu. Prints medians of interleaved rounds,
 * ratios, CPU seconds and peak memory; ours always with fsync, digest and database row.
 * Run: npm run bench:intake   (dcmtk, orthanc, orthanc-dicomweb, nginx-light; MODELBANK_BENCH_ROUNDS, MODELBANK_BENCH_ONLY=one,four,large,stow,delivery)
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sendFiles, type DevelopmentPki } from '@modelbank/dimse';
import { hasTool, runStorescu } from '@modelbank/testing';
import type { ToolTls } from '@modelbank/testing';
import { divide, writeLargeObject, writeSeries } from './ct-series';
import type { Sendable } from './ct-series';
import { CALLING_AE_TITLE, benchPki, newBenchFolder, startOrthancPeer, startOurHub, startStorescpPeer } from './peers';
import type { OurPeer, Peer } from './peers';
import { NGINX, startNginx } from './nginx';
import { race } from './race';
import { printStandings } from './report';
import { storeStudies } from './stow-client';

const SLICES = 200;
const ROUNDS = Number(process.env.MODELBANK_BENCH_ROUNDS ?? 5);
const ONLY = process.env.MODELBANK_BENCH_ONLY?.split(',');
const MAX_PDU = ['--max-pdu', '131072', '--max-send-pdu', '131072'];

interface Field {
  readonly peers: readonly Peer[];
  readonly client: ToolTls;
  readonly folder: string;
}

/** dcmtk's storescu with as many processes as there are parts. */
async function sendWithStorescu(peer: Peer, parts: readonly Sendable[], tls: ToolTls): Promise<void> {
  const target = { port: peer.dimsePort, callingAeTitle: CALLING_AE_TITLE, calledAeTitle: peer.calledAeTitle, tls };
  const ended = await Promise.all(parts.map(({ paths }) => runStorescu(target, [...MAX_PDU, ...paths], 600_000)));
  const failed = ended.find(({ exitCode }) => exitCode !== 0);
  if (failed) throw new Error(`${peer.name}: ${failed.output.slice(-2_000)}`);
}

async function cStore({ peers, client, folder }: Field, associations: number): Promise<void> {
  let parts: Sendable[] = [];
  let bytes = 0;
  const standings = await race(
    peers.map((peer) => ({ name: peer.name, pid: peer.pid, run: () => sendWithStorescu(peer, parts, client) })),
    ROUNDS,
    async (round) => {
      const files = join(folder, 'files');
      await rm(files, { recursive: true, force: true });
      const series = await writeSeries(files, `${associations} ${round}`, SLICES);
      ({ bytes } = series);
      parts = await divide(series, associations);
    },
  );
  printStandings(`C-STORE, mutual TLS, ${SLICES} slices of 512 KB, ${associations} association(s)`, standings, bytes);
}

async function largeObject({ peers, client, folder }: Field): Promise<void> {
  let parts: Sendable[] = [];
  const files = join(folder, 'large');
  const standings = await race(
    peers.map((peer) => ({ name: peer.name, pid: peer.pid, run: () => sendWithStorescu(peer, parts, client) })),
    ROUNDS,
    async (round) => {
      await rm(files, { recursive: true, force: true });
      parts = [await writeLargeObject(files, `large ${round}`)];
    },
  );
  printStandings('C-STORE, mutual TLS, one object of 511 MB', standings, parts[0].bytes);
}

/** As many clients as parts, each one request; Orthanc behind nginx, because the path that is compared is TLS on both sides. */
async function stow({ peers, client, folder }: Field, pki: DevelopmentPki, clients: number): Promise<void> {
  const [ours] = peers as [OurPeer];
  const orthanc = await startOrthancPeer(join(folder, `orthanc-web-${clients}`), pki, true);
  const nginx = await startNginx(join(folder, `nginx-${clients}`), pki, orthanc.httpPort);
  let parts: Sendable[] = [];
  let bytes = 0;
  const send = (port: number, path: string) => async (): Promise<void> => {
    await Promise.all(parts.map(({ paths }) => storeStudies({ port, path, tls: client }, paths)));
  };
  try {
    const standings = await race(
      [
        { name: 'Modelbank', pid: ours.pid, run: send(ours.dicomwebPort, '/dicomweb/MODELBANK/studies') },
        { name: 'Orthanc and nginx', pid: orthanc.pid, run: send(nginx.port, '/dicom-web/studies') },
      ],
      ROUNDS,
      async (round) => {
        const files = join(folder, 'files');
        await rm(files, { recursive: true, force: true });
        const series = await writeSeries(files, `stow ${clients} ${round}`, SLICES);
        ({ bytes } = series);
        parts = await divide(series, clients);
      },
    );
    printStandings(`STOW-RS, mutual TLS, ${SLICES} slices of 512 KB, ${clients} client(s)`, standings, bytes);
  } finally {
    await nginx.stop();
    await orthanc.stop();
  }
}

/** Who sends: our SCU against storescu, both to storescp. */
async function delivery({ peers, client, folder }: Field): Promise<void> {
  const storescp = peers[2];
  const [ca, cert, key] = await Promise.all(
    [client.caPath, client.certPath, client.keyPath].map((path) => readFile(path)),
  );
  const titles = { callingAeTitle: CALLING_AE_TITLE, calledAeTitle: storescp.calledAeTitle };
  let series: Sendable = { folder, paths: [], bytes: 0 };
  const ours = async (): Promise<void> => {
    const sent = await sendFiles(
      { host: '127.0.0.1', port: storescp.dimsePort, tls: { ca, cert, key }, ...titles },
      series.paths,
    );
    const failed = sent.find(({ error }) => error);
    if (failed?.error) throw failed.error;
  };
  const standings = await race(
    [
      { name: 'our SCU', pid: process.pid, run: ours },
      { name: 'storescu', pid: undefined, run: () => sendWithStorescu(storescp, [series], client) },
    ],
    ROUNDS,
    async (round) => {
      const files = join(folder, 'files');
      await rm(files, { recursive: true, force: true });
      series = await writeSeries(files, `delivery ${round}`, SLICES);
    },
  );
  printStandings(`Delivery over mutual TLS to storescp, ${SLICES} slices of 512 KB`, standings, series.bytes);
}

async function main(): Promise<void> {
  const folder = await newBenchFolder();
  const home = join(folder, 'home');
  const pki = await benchPki(home);
  const ours = await startOurHub(home);
  const peers = [
    ours,
    await startOrthancPeer(join(folder, 'orthanc'), pki, false),
    await startStorescpPeer(join(folder, 'storescp'), pki),
  ];
  const field = { peers, client: ours.client, folder };
  const wants = (name: string): boolean => ONLY === undefined || ONLY.includes(name);
  try {
    if (wants('one')) await cStore(field, 1);
    if (wants('four')) await cStore(field, 4);
    if (wants('large')) await largeObject(field);
    for (const clients of [1, 4]) if (wants('stow') && hasTool(NGINX)) await stow(field, pki, clients);
    if (wants('delivery')) await delivery(field);
  } finally {
    for (const peer of peers) await peer.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

if (require.main === module) {
  main().catch((failure: Error) => {
    process.stderr.write(`${failure.stack}\n`);
    process.exitCode = 1;
  });
}
