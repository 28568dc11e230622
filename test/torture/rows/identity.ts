/** Group A: who a peer is, before it has said a word of DICOM and with its first words. */
import { spawn } from 'node:child_process';
import { X509Certificate, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import Database from 'better-sqlite3';
import { RAW_CT, RawPeer, rawData, rawStoreRequest } from '@modelbank/testing';
import type { AuthorityFiles } from '@modelbank/testing';
import { attackCt } from '../support/attack-ct';
import type { Attacker } from '../support/attacker';
import { BYSTANDING } from '../support/torture-place';
import { associationRejected, peerRefused } from '../support/torture-row';
import type { ExpectedAudit, TortureRow } from '../support/torture-row';
import { enrolled, ofHub, ofNamesake, selfSigned, tlsWith, weak } from './odd-certificates';

/** A revocation must be felt by then, wherever it was committed. */
const REVOKED_WITHIN_MS = 5_000;
const OPENSSL = '/usr/bin/openssl';

const unseen = (code: string): ExpectedAudit => ({ ...peerRefused(`tls.${code}`), centreId: null });

/** Asks for an association over that TLS, or without any: `TLS alert`, `closed`, or what the hub answers. */
async function knock(attacker: Attacker, tls: ConnectionOptions | undefined): Promise<string> {
  let alert = false;
  const isAlert = (error: Error) => (alert ||= /alert/.test(error.message));
  try {
    const peer = await RawPeer.connect(attacker.place.hub.dimsePort, tls);
    peer.socket.on('error', isAlert);
    peer.send(attacker.request());
    const reply = await attacker.reply(peer, REVOKED_WITHIN_MS);
    peer.close();
    return alert ? 'TLS alert' : reply;
  } catch (thrown) {
    isAlert(thrown as Error);
    return alert ? 'TLS alert' : 'closed';
  }
}

const certificateRow = (
  id: string,
  title: string,
  expected: 'TLS alert' | 'closed',
  audit: ExpectedAudit,
  certificateOf: (attacker: Attacker) => Promise<AuthorityFiles | undefined>,
  more: ConnectionOptions = {},
): TortureRow => ({
  ...{ id, title, expected, audit },
  attack: async (attacker) => knock(attacker, await tlsWith(attacker, await certificateOf(attacker), more)),
});

const own = (attacker: Attacker) => Promise.resolve(attacker.place.attacking.client);
const TLS_12: ConnectionOptions = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' };

const CERTIFICATES: readonly TortureRow[] = [
  certificateRow('A1', 'no client certificate', 'TLS alert', unseen('noCertificate'), () => Promise.resolve(undefined)),
  certificateRow('A2', 'a self-signed certificate', 'closed', unseen('selfSigned'), selfSigned),
  certificateRow('A3', 'an expired certificate of the centre', 'closed', peerRefused('tls.expired'), async (attacker) =>
    enrolled(attacker, await ofHub(attacker, 'expired', -800)),
  ),
  certificateRow('A3', 'a certificate that is not valid yet', 'closed', unseen('notYetValid'), (attacker) =>
    ofHub(attacker, 'early', 800),
  ),
  certificateRow('A5', 'another authority of the same name', 'closed', unseen('unknownAuthority'), ofNamesake),
  certificateRow('A10', 'RSA of 1024 bits', 'closed', unseen('weakKey'), (attacker) =>
    weak(attacker, { name: 'rsa1024', key: 'RSA:1024' }),
  ),
  certificateRow('A10', 'a SHA-1 signature', 'closed', unseen('weakSignature'), (attacker) =>
    weak(attacker, { name: 'sha1', hash: 'sha1' }),
  ),
  ...['prime192v1', 'secp224r1'].map((curve) =>
    certificateRow(
      ...(['A10', `a key on ${curve}`, 'TLS alert', unseen('weakKey')] as const),
      (attacker) => weak(attacker, { name: curve, key: `EC:${curve}` }),
      TLS_12,
    ),
  ),
];

const PROTOCOLS: readonly TortureRow[] = [
  ...(['TLSv1', 'TLSv1.1'] as const).map((version) =>
    certificateRow('A10', version, 'TLS alert', unseen('noCommonTls'), own, {
      minVersion: version,
      maxVersion: version,
    }),
  ),
  ...['ECDHE-ECDSA-AES128-SHA256', 'AES128-SHA', 'AES128-GCM-SHA256', 'NULL'].map((suite) =>
    certificateRow('A10', `suite ${suite}`, 'TLS alert', unseen('noCommonTls'), own, {
      ...TLS_12,
      ciphers: `${suite}:@SECLEVEL=0`,
    }),
  ),
  {
    ...{ id: 'A11', title: 'plain DICOM on the TLS port', expected: 'closed', audit: unseen('notTls') },
    attack: (attacker) => knock(attacker, undefined),
  },
  {
    ...{ id: 'A12', title: 'the calling AE title of another centre', expected: 'A-ASSOCIATE-RJ 1/1/3' },
    audit: associationRejected('AE_TITLE_MISMATCH'),
    attack: (attacker) => attacker.sendBare(attacker.request({ callingAeTitle: BYSTANDING.aeTitle })),
  },
];

/** A certificate of the attacked centre that nothing else uses, so that it may be revoked. */
const oneOfItsOwn = async (attacker: Attacker): Promise<AuthorityFiles> =>
  enrolled(attacker, await ofHub(attacker, `once-${randomUUID()}`));

async function fingerprintOf({ certPath }: AuthorityFiles): Promise<string> {
  return new X509Certificate(await readFile(certPath)).fingerprint256.replaceAll(':', '').toLowerCase();
}

async function revoke({ place, centreId }: Attacker, certificate: AuthorityFiles): Promise<void> {
  await place.ask(`/api/v1/centres/${centreId}/certificates/${await fingerprintOf(certificate)}/revoke`, 'POST');
}

/** As another process of the hub commits it: in the database, without a word to this one. */
async function revokeElsewhere({ place }: Attacker, certificate: AuthorityFiles): Promise<void> {
  const database = new Database(join(place.hub.home, 'modelbank.sqlite'), { timeout: 5_000 });
  const update = database.prepare('UPDATE centre_certificate SET revokedAt = ? WHERE fingerprintSha256 = ?');
  update.run(new Date().toISOString(), await fingerprintOf(certificate));
  database.close();
}

/** A connection of a certificate before it was revoked, with the session that TLS gave it; then the revocation; then again. */
async function resume(attacker: Attacker, version: 'TLSv1.2' | 'TLSv1.3'): Promise<string[]> {
  const certificate = await oneOfItsOwn(attacker);
  const tls = await tlsWith(attacker, certificate, { minVersion: version, maxVersion: version });
  const first = await RawPeer.connect(attacker.place.hub.dimsePort, tls);
  let session = (first.socket as TLSSocket).getSession();
  (first.socket as TLSSocket).on('session', (offered) => (session = offered));
  await new Promise((resolve) => setTimeout(resolve, 100));
  first.close();
  // the hub has seen that it is gone, so that there is nothing to cut
  await new Promise((resolve) => setTimeout(resolve, 200));
  await revoke(attacker, certificate);
  const again = await RawPeer.connect(attacker.place.hub.dimsePort, { ...tls, session });
  const isResumed = (again.socket as TLSSocket).isSessionReused();
  again.send(attacker.request());
  const reply = await attacker.reply(again);
  again.close();
  return [isResumed ? 'resumed' : 'a whole handshake', reply];
}

const REVOCATION: readonly TortureRow[] = [
  {
    ...{ id: 'A4', title: 'a revoked certificate on a new connection', expected: 'A-ASSOCIATE-RJ 1/1/3' },
    audit: associationRejected('CERTIFICATE_REVOKED'),
    attack: async (attacker) => {
      const certificate = await oneOfItsOwn(attacker);
      await revoke(attacker, certificate);
      return knock(attacker, await tlsWith(attacker, certificate));
    },
  },
  {
    ...{
      id: 'A7',
      title: 'revoked by another process in the middle of a C-STORE',
      expected: ['A-ABORT 2/0', 'closed'],
    },
    audit: peerRefused('cut'),
    attack: async (attacker) => {
      const certificate = await oneOfItsOwn(attacker);
      const peer = await attacker.connect(await tlsWith(attacker, certificate));
      peer.send(attacker.request());
      await attacker.reply(peer);
      const { uid, dataSet } = attackCt([], 512);
      let at = 100_000;
      peer.send(rawData(RAW_CT.id, 3, rawStoreRequest(uid)), rawData(RAW_CT.id, 0, dataSet.subarray(0, at)));
      await revokeElsewhere(attacker, certificate);
      const bytes = setInterval(() => {
        peer.send(rawData(RAW_CT.id, 0, dataSet.subarray(at, at + 1_000)));
        at += 1_000;
      }, 100);
      try {
        return [await attacker.reply(peer, REVOKED_WITHIN_MS), await attacker.reply(peer, REVOKED_WITHIN_MS)];
      } finally {
        clearInterval(bytes);
      }
    },
  },
  ...(['TLSv1.2', 'TLSv1.3'] as const).map((version) => ({
    ...{ id: 'A8', title: `a revoked client resumes its session, ${version}` },
    expected: ['a whole handshake', 'A-ASSOCIATE-RJ 1/1/3'],
    audit: associationRejected('CERTIFICATE_REVOKED'),
    attack: (attacker: Attacker) => resume(attacker, version),
  })),
];

/** `openssl s_client` asks for one key update after the other until the hub hangs up. */
async function keyUpdates(attacker: Attacker): Promise<string> {
  const { certPath, keyPath, caPath } = attacker.place.attacking.client;
  const peer = ['-connect', `127.0.0.1:${attacker.place.hub.dimsePort}`, '-tls1_3'];
  const flood = spawn(OPENSSL, ['s_client', ...peer, '-cert', certPath, '-key', keyPath, '-CAfile', caPath]);
  const next = (): boolean => flood.stdin.write('K\n');
  flood.stdin.on('error', () => undefined);
  let updates = 0;
  flood.stderr.on('data', (chunk: Buffer) => {
    updates += chunk.toString().split('KEYUPDATE').length - 1;
    if (updates > 0 && updates < 10_000) next();
  });
  flood.stdout.once('data', () => setTimeout(next, 100));
  await new Promise((resolve) => flood.once('close', resolve));
  return updates > 500 ? 'closed' : `closed after ${updates} key updates`;
}

const FLOODS: readonly TortureRow[] = [
  {
    ...{ id: 'A14', title: '500 half-open handshakes', expected: 'all closed', audit: unseen('unfinished') },
    attack: async (attacker) => {
      const silent: RawPeer[] = [];
      for (let k = 0; k < 500; k += 1) silent.push(await RawPeer.connect(attacker.place.hub.dimsePort));
      await Promise.all(silent.map((peer) => peer.closed(5_000)));
      return 'all closed';
    },
  },
  {
    ...{ id: 'A14', title: 'a ClientHello byte by byte', expected: 'closed', audit: unseen('unfinished') },
    attack: async (attacker) => {
      const peer = await RawPeer.connect(attacker.place.hub.dimsePort);
      void peer.dribble(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, ...Buffer.alloc(30)]), 200);
      return attacker.reply(peer, 5_000);
    },
  },
  {
    // no association was asked for, and a key update is no byte of DICOM
    ...{ id: 'A14', title: 'a flood of TLS 1.3 key updates', expected: 'closed', audit: peerRefused('timeout') },
    attack: keyUpdates,
  },
  {
    ...{ id: 'A14', title: 'renegotiation', expected: 'no renegotiation', outcome: 'harmless' },
    attack: async (attacker) => {
      const tls = await tlsWith(attacker, attacker.place.attacking.client, TLS_12);
      const { socket } = await attacker.connect(tls);
      const refused = new Promise<Error>((resolve) => socket.once('error', resolve));
      (socket as TLSSocket).renegotiate({ rejectUnauthorized: false }, () => undefined);
      return /no renegotiation/i.exec((await refused).message)?.[0] ?? 'something else';
    },
  },
];

export const IDENTITY_ROWS: readonly TortureRow[] = [...CERTIFICATES, ...PROTOCOLS, ...REVOCATION, ...FLOODS];
