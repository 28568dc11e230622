/** Group A of the bad inputs, the protocol: only what PS3.15 B.12 lists, no way around it, no resumption, no flood. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { CollectingScp, RawPeer, TlsDoor, eventually, runTool } from '@modelbank/testing';
import { TLS_PROFILE } from './tls-profile';

/** Real tools on a busy machine. */
jest.setTimeout(60_000);

const OPENSSL = '/usr/bin/openssl';
const VERSIONS = ['TLSv1.3', 'TLSv1.2'] as const;
let door: TlsDoor;

beforeAll(async () => {
  door = await TlsDoor.make();
});
afterAll(() => door.dispose());
beforeEach(() => door.open({ handshakeMs: 500, maximumHandshakes: 20 }));
afterEach(() => door.close());

const client = () => door.pki.centres.odense.client;
const accepted = { type: 2 };

describe('A10 what is not of the profile', () => {
  it.each([
    ['TLS 1.0', '-tls1'],
    ['TLS 1.1', '-tls1_1'],
  ])('%s ends by an alert', async (_what, option) => {
    const old = [option, '-cipher', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'];
    const { output } = await runTool(OPENSSL, [...door.opensslArguments(client()), ...old]);
    expect(output).toMatch(/alert protocol version/);
    expect(await door.onlyIncident()).toMatchObject({ tlsRefusal: 'noCommonTls' });
  });

  it.each(['NULL', 'kRSA', 'ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-CCM', 'aNULL'])(
    'suites %s end by an alert',
    async (suites) => {
      const old = ['-tls1_2', '-cipher', `${suites}:@SECLEVEL=0`];
      const { output } = await runTool(OPENSSL, [...door.opensslArguments(client()), ...old]);
      expect(output).toMatch(/alert handshake failure/);
      expect(await door.onlyIncident()).toMatchObject({ tlsRefusal: 'noCommonTls' });
    },
  );

  it.each([
    ['3DES', 0xc012, 0xc008, 0x000a],
    ['RC4', 0xc011, 0xc007, 0x0005],
    ['export and NULL', 0x0003, 0x0001, 0x0002],
  ])('suites %s, which openssl has no more, end by an alert', async (_what, ...suites) => {
    const peer = await RawPeer.connect(door.scp.port);
    const answer = new Promise<Buffer>((resolve) => peer.socket.once('data', resolve));
    peer.send(clientHello(suites));
    // alert, fatal, handshake_failure
    expect([...(await answer)]).toEqual([0x15, 3, 3, 0, 2, 2, 40]);
    await peer.closed();
    expect(await door.onlyIncident()).toMatchObject({ tlsRefusal: 'noCommonTls' });
  });
});

/** A ClientHello of TLS 1.2 (RFC 5246 section 7.4.1.2) that offers these suites and nothing else. */
function clientHello(suites: readonly number[]): Buffer {
  const list = Buffer.alloc(2 + suites.length * 2);
  list.writeUInt16BE(suites.length * 2, 0);
  suites.forEach((suite, k) => list.writeUInt16BE(suite, 2 + k * 2));
  const body = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0]), list, Buffer.from([1, 0])]);
  const handshake = Buffer.concat([Buffer.from([1, 0, 0, body.length]), body]);
  return Buffer.concat([Buffer.from([0x16, 3, 1, 0, handshake.length]), handshake]);
}

describe('A11 no fallback', () => {
  it('plain DICOM on the TLS port is closed', async () => {
    await door.knock(undefined);
    expect(await door.onlyIncident()).toMatchObject({ tlsRefusal: 'notTls' });
  });

  it('TLS on a plain port is closed', async () => {
    await door.close();
    door.scp = await CollectingScp.start();
    await door.knock(await door.clientTls(client()));
    expect(await door.onlyIncident()).toMatchObject({ rule: 'protocolViolation' });
  });
});

describe('A8 resumption', () => {
  /** Whether the second of two servers with the same ticket keys, as after a restart, takes the session of the first. */
  async function isResumed(version: (typeof VERSIONS)[number], profile: object, ticketKeys: Buffer): Promise<boolean> {
    const tls = await door.clientTls(client(), { minVersion: version, maxVersion: version });
    let session: Buffer | undefined;
    let resumed = false;
    for (let restart = 0; restart < 2; restart += 1) {
      const files = { ca: door.pki.caPath, cert: door.pki.hub.server.certPath, key: door.pki.hub.server.keyPath };
      const [ca, cert, key] = await Promise.all(Object.values(files).map((path) => readFile(path)));
      const options = { ...profile, ca, cert, key, ticketKeys, requestCert: true, rejectUnauthorized: true };
      const server = createServer(options, (socket) => socket.end('hello'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...tls, session });
      socket.on('session', (offered) => (session = offered));
      socket.once('secureConnect', () => (resumed = socket.isSessionReused()));
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve));
      await new Promise((resolve) => server.close(resolve));
    }
    return resumed;
  }

  it.each(VERSIONS)('of %s comes to nothing, even where ticket keys outlive a restart', async (version) => {
    const ticketKeys = randomBytes(48);
    expect(await isResumed(version, TLS_PROFILE, ticketKeys)).toBe(false);
    // without the profile the same client is let in on its ticket: the test can fail
    expect(await isResumed(version, {}, ticketKeys)).toBe(true);
  });
});

describe('A14 floods', () => {
  it('500 half-open handshakes: the oldest give way, a good centre comes in, all are closed in time', async () => {
    const silent: RawPeer[] = [];
    for (let k = 0; k < 500; k += 1) silent.push(await RawPeer.connect(door.scp.port));
    expect(await door.associate()).toMatchObject(accepted);
    await Promise.all(silent.map((peer) => peer.closed(2_000)));
    const ofTls = () => door.scp.incidents.filter(({ rule }) => rule === 'tls');
    await eventually(() => ofTls().length === 500);
    expect(new Set(ofTls().map(({ tlsRefusal }) => tlsRefusal))).toEqual(new Set(['unfinished']));
  });

  it('renegotiation is refused', async () => {
    const tls = await door.clientTls(client(), { maxVersion: 'TLSv1.2' });
    const socket = connect({ host: '127.0.0.1', port: door.scp.port, ...tls });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const refused = new Promise<Error>((resolve) => socket.once('error', resolve));
    socket.renegotiate({ rejectUnauthorized: false }, () => undefined);
    expect((await refused).message).toMatch(/no renegotiation/i);
    expect(await door.associate()).toMatchObject(accepted);
  });

  it('10 000 key updates of TLS 1.3 do not keep a good centre out', async () => {
    await door.close();
    await door.open({ associateMs: 60_000 });
    const flood = spawn(OPENSSL, [...door.opensslArguments(client()), '-tls1_3']);
    let updates = 0;
    // a K in a line of its own asks for one update
    const next = (): boolean => flood.stdin.write('K\n');
    flood.stderr.on('data', (chunk: Buffer) => {
      const more = chunk.toString().split('KEYUPDATE').length - 1;
      updates += more;
      if (more > 0 && updates < 10_000) next();
    });
    await eventually(() => door.scp.server.connections().length === 1);
    await new Promise((resolve) => flood.stdout.once('data', resolve));
    setTimeout(next, 200);
    await eventually(() => updates > 100);
    expect(await door.associate()).toMatchObject(accepted);
    await eventually(() => updates >= 10_000, 50_000);
    expect(await door.associate()).toMatchObject(accepted);
    flood.kill();
    await eventually(() => door.scp.server.connections().length === 0);
  });
});
