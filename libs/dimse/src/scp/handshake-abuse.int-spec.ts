/** A14: handshakes by the hundred that do not end, renegotiation, floods of key updates; good centres are served beside them. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { CollectingScp, eventually, hasTool, runEchoscu } from '@modelbank/testing';
import { ensurePki, type DevelopmentPki } from '../index';

jest.setTimeout(60_000);
const OPENSSL = '/usr/bin/openssl';
const itWithOpenssl = hasTool(OPENSSL) ? it : it.skip;
if (!hasTool(OPENSSL)) process.stderr.write('skipped in part: openssl is not installed\n');

let home: string;
let pki: DevelopmentPki;
let scp: CollectingScp;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'handshakes-'));
  pki = await ensurePki(home, ['odense'], new Date());
});
afterAll(() => rm(home, { recursive: true }));
beforeEach(async () => {
  scp = await CollectingScp.start({
    tls: { caPath: pki.caPath, server: pki.hub.server },
    limits: { handshakeMs: 1_000, associateMs: 1_000 },
  });
});
afterEach(() => scp.server.close(0));

async function expectService(): Promise<void> {
  const titles = { callingAeTitle: 'ODENSE_CT', calledAeTitle: 'MODELBANK' };
  const tls = { caPath: pki.caPath, ...pki.centres.odense.client };
  expect((await runEchoscu({ port: scp.port, ...titles, tls })).exitCode).toBe(0);
}

it('500 half-open handshakes, silent or dribbling: all are closed in time, and a good centre is served meanwhile', async () => {
  const open = new Set<Socket>();
  const sockets = Array.from({ length: 500 }, () => {
    const socket = connect({ host: '127.0.0.1', port: scp.port });
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    return socket;
  });
  const hello = Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);
  let at = 0;
  const dribble = setInterval(() => {
    for (const socket of sockets.slice(0, 250)) if (!socket.destroyed) socket.write(hello.subarray(at, at + 1));
    at = (at + 1) % hello.length;
  }, 150);
  await expectService();
  await eventually(() => open.size === 0, 10_000);
  clearInterval(dribble);
  await expectService();
});

it('renegotiation is refused', async () => {
  const { certPath, keyPath } = pki.centres.odense.client;
  const [ca, cert, key] = await Promise.all([pki.caPath, certPath, keyPath].map((path) => readFile(path)));
  const options = { host: '127.0.0.1', port: scp.port, ca, cert, key, maxVersion: 'TLSv1.2' as const };
  const socket: TLSSocket = connectTls({ ...options, checkServerIdentity: () => undefined });
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  const failure = await new Promise<Error | null>((resolve) => {
    socket.once('error', resolve);
    socket.renegotiate({}, resolve);
  });
  expect(failure?.message).toMatch(/renegotiation/i);
  socket.destroy();
  await expectService();
});

itWithOpenssl('a flood of key updates in place of an association request ends with the time for that', async () => {
  const { certPath, keyPath } = pki.centres.odense.client;
  const peer = ['-connect', `127.0.0.1:${scp.port}`, '-tls1_3', '-CAfile', pki.caPath];
  const child = spawn(OPENSSL, ['s_client', ...peer, '-cert', certPath, '-key', keyPath], { stdio: 'pipe' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on('error', () => undefined);
  await eventually(() => /Verify return code|read R BLOCK/.test(output), 5_000);
  const flood = setInterval(() => child.stdin.write('k\n'.repeat(500)), 20);
  await expectService();
  await eventually(() => scp.incidents.length > 0, 5_000);
  clearInterval(flood);
  expect(scp.incidents.map(({ rule }) => rule)).toEqual([expect.stringMatching(/^(timeout|dropped|tls)$/)]);
  child.stdin.end();
  await ended;
  expect(output).toContain('KEYUPDATE');
  await expectService();
});
