/**
 * Intake against the servers that people would otherwise use: C-STORE over mutual TLS with one and four associations, an
 * object of 511 MB, and our SCU against storescu. Prints medians of interleaved rounds, ratios, CPU seconds and peak memory.
 * Run: npm run bench:intake   (needs dcmtk and Orthanc; MODELBANK_BENCH_ROUNDS, MODELBANK_BENCH_ONLY)
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runStorescu } from '@modelbank/testing';
import type { ToolTls } from '@modelbank/testing';
import { divide, writeLargeObject, writeSeries } from './ct-series';
import type { Sendable } from './ct-series';
import { CALLING_AE_TITLE, benchPki, newBenchFolder, startOrthancPeer, startOurHub, startStorescpPeer } from './peers';
import type { Peer } from './peers';
import { race } from './race';
import { printStandings } from './report';

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
