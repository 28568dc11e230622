/** Who may associate: TLS shuts out strangers before a DICOM byte is read, the hub's own rule shuts out the rest. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import {
  CollectingScp,
  RAW_CT,
  RawPeer,
  eventually,
  rawAssociateRequest,
  rawData,
  rawStoreRequest,
  runEchoscu,
} from '@modelbank/testing';
import { REJECTION, ensurePki, type AssociationPeer, type DevelopmentPki, type IssuedCertificate } from '../index';

/** Certificates are made and real tools started, on a busy machine. */
jest.setTimeout(60_000);

let home: string;
let pki: DevelopmentPki;
let scp: CollectingScp;

/** One binding: certificate -> centre -> AE titles; the called AE is ours. */
async function authorise(peer: AssociationPeer) {
  const centres = Object.entries(pki.centres);
  const centre = centres.find(([, { client }]) => client.fingerprintSha256 === peer.fingerprintSha256)?.[0];
  if (centre === undefined || peer.callingAeTitle !== `${centre.toUpperCase()}_CT`) {
    return { accept: false as const, ...REJECTION.callingAeTitleNotRecognised };
  }
  if (peer.calledAeTitle !== 'MODELBANK') return { accept: false as const, ...REJECTION.calledAeTitleNotRecognised };
  return { accept: true as const, context: centre, countedAs: centre };
}

const toolTls = (certificate: IssuedCertificate, caPath = pki.caPath) => ({ caPath, ...certificate });

async function clientTls(certificate?: IssuedCertificate): Promise<ConnectionOptions> {
  return {
    ca: await readFile(pki.caPath),
    cert: certificate && (await readFile(certificate.certPath)),
    key: certificate && (await readFile(certificate.keyPath)),
    checkServerIdentity: () => undefined,
  };
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'identity-'));
  pki = await ensurePki(home, ['odense', 'vejle'], new Date());
});
afterAll(() => rm(home, { recursive: true }));
beforeEach(async () => {
  scp = await CollectingScp.start({
    tls: { caPath: pki.caPath, server: pki.hub.server },
    authorise,
    limits: { handshakeMs: 300, maximumAssociations: 3, maximumAssociationsPerCentre: 2 },
  });
});
afterEach(() => scp.server.close(0));

const echo = (
  certificate: IssuedCertificate,
  callingAeTitle: string,
  calledAeTitle = 'MODELBANK',
  caPath = pki.caPath,
) => runEchoscu({ port: scp.port, callingAeTitle, calledAeTitle, tls: toolTls(certificate, caPath) });

it('takes the centre with its certificate and its AE title', async () => {
  expect((await echo(pki.centres.odense.client, 'ODENSE_CT')).exitCode).toBe(0);
});

it.each([
  ['A12 the AE title of another centre', 'VEJLE_CT', 'MODELBANK', 'Calling AE Title Not Recognized'],
  ['an unknown calling AE title', 'SOMEONE', 'MODELBANK', 'Calling AE Title Not Recognized'],
  ['an unknown called AE title', 'ODENSE_CT', 'ELSEWHERE', 'Called AE Title Not Recognized'],
])('rejects %s', async (_name, calling, called, words) => {
  const { output, exitCode } = await echo(pki.centres.odense.client, calling, called);
  expect(output).toContain('Result: Rejected Permanent, Source: Service User');
  expect(output).toContain(words);
  expect(exitCode).not.toBe(0);
  expect(scp.incidents).toHaveLength(1);
  expect(scp.incidents[0]).toMatchObject({
    rule: 'rejected',
    fingerprintSha256: pki.centres.odense.client.fingerprintSha256,
    serialNumber: pki.centres.odense.client.serialNumber,
    remoteAddress: '127.0.0.1',
  });
});

it('A14 closes handshakes that do not end, silent or dribbling', async () => {
  const silent = await RawPeer.connect(scp.port);
  const slow = await RawPeer.connect(scp.port);
  void slow.dribble(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 50);
  await Promise.all([silent.closed(2_000), slow.closed(2_000)]);
  expect((await echo(pki.centres.odense.client, 'ODENSE_CT')).exitCode).toBe(0);
});

describe('limits and revocation', () => {
  async function open(centre: 'odense' | 'vejle'): Promise<RawPeer> {
    const peer = await RawPeer.connect(scp.port, await clientTls(pki.centres[centre].client));
    peer.send(rawAssociateRequest({ callingAeTitle: `${centre.toUpperCase()}_CT` }));
    return peer;
  }
  const typeOf = async (peer: RawPeer) => {
    const reply = await peer.next();
    return reply === 'closed' ? reply : [reply.type, ...(reply.type === 3 ? reply.bytes.subarray(7, 10) : [])];
  };

  it('B12 one centre gets so many associations and no more; another is served; ended ones free their place', async () => {
    const peers = [await open('odense'), await open('odense')];
    for (const peer of peers) expect(await typeOf(peer)).toEqual([2]);
    expect(await typeOf(await open('odense'))).toEqual([3, 2, 3, 2]);
    expect(await typeOf(await open('vejle'))).toEqual([2]);
    expect(await typeOf(await open('vejle'))).toEqual([3, 2, 3, 2]);
    peers[0].close();
    await eventually(() => scp.server.associationCount < 3);
    expect(await typeOf(await open('odense'))).toEqual([2]);
  });

  it('A7 cuts live associations of a revoked certificate, mid-object, and nothing is stored', async () => {
    const revoked = await open('odense');
    const other = await open('vejle');
    for (const peer of [revoked, other]) expect(await typeOf(peer)).toEqual([2]);
    revoked.send(rawData(RAW_CT.id, 3, rawStoreRequest('1.2.3')), rawData(RAW_CT.id, 0, Buffer.alloc(1_000)));
    await eventually(() => scp.openSinks === 1);
    expect(scp.server.cutByFingerprint(pki.centres.odense.client.fingerprintSha256)).toBe(1);
    expect(await typeOf(revoked)).toEqual([7]);
    await revoked.closed();
    await eventually(() => scp.ends.length === 1);
    expect(scp.abortedSinks).toBe(1);
    expect(scp.instances).toEqual([]);
    expect(scp.incidents.map(({ rule }) => rule)).toEqual(['cut']);
    other.send(Buffer.from([5, 0, 0, 0, 0, 4, 0, 0, 0, 0]));
    expect(await typeOf(other)).toEqual([6]);
  });

  it('refuses for now when nobody can say who the peer is', async () => {
    await scp.server.close(0);
    scp = await CollectingScp.start({ authorise: () => Promise.reject(new Error('the database is away')) });
    const peer = await RawPeer.connect(scp.port);
    peer.send(rawAssociateRequest());
    expect(await typeOf(peer)).toEqual([3, 2, 3, 1]);
    expect(scp.incidents.map(({ rule }) => rule)).toEqual(['hookFailed']);
  });

  it('listens on the loopback only', async () => {
    const addresses = Object.values((await import('node:os')).networkInterfaces()).flat();
    const outside = addresses.find((address) => address && !address.internal && address.family === 'IPv4');
    if (outside === undefined) return;
    const failure = await new Promise<string>((resolve) => {
      const socket = connect({ host: outside.address, port: scp.port });
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      socket.once('connect', () => resolve('connected'));
    });
    expect(failure).toBe('ECONNREFUSED');
  });
});
