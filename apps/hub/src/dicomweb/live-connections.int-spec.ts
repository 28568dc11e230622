/** A7 over HTTPS: a right that ends cuts who is connected within five seconds, whichever process of the hub ended it. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { InstanceEntity } from '@modelbank/store';
import { STOW_HEADERS, dicomweb, jsonOf, multipart, sliceFile } from '../../../../test/support/dicomweb-client';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { closed, openRaw, rawStoreHead, until } from '../../../../test/support/raw-https';

/** Real sockets on a busy machine. */
jest.setTimeout(60_000);

const WITHIN_MS = 5_000;
const STUDIES = '/dicomweb/MODELBANK/studies';
let bench: IntakeBench;

beforeEach(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
});
afterEach(() => bench.dispose());

/** As another process would: not through this hub's API. */
function ofOdense(change: 'revokedAt' | 'notAfter'): void {
  const database = new Database(join(bench.configuration.home, 'modelbank.sqlite'));
  database
    .prepare(`UPDATE centre_certificate SET ${change} = ? WHERE fingerprintSha256 = ?`)
    .run(new Date().toISOString(), bench.pki.centres.odense.client.fingerprintSha256);
  database.close();
}

async function midStore(centre: string) {
  const body = multipart([sliceFile({ seed: `live ${centre}`, k: 0, side: 256 })]);
  const { socket } = await openRaw(
    bench,
    rawStoreHead({ ...STOW_HEADERS, 'content-length': String(body.length) }),
    centre,
  );
  socket.write(body.subarray(0, 50_000));
  return socket;
}

async function idle(centre: string) {
  const socket = connect({ host: 'localhost', port: bench.dicomwebPort, ...(await bench.socketTls(centre)) });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  return socket;
}

it.each<['revokedAt' | 'notAfter', string]>([
  ['revokedAt', 'the certificate was revoked'],
  ['notAfter', 'the certificate has run out'],
])('by %s of another process, between requests and inside a body; others go on', async (change, why) => {
  const [storing, waiting, other] = [await midStore('odense'), await idle('odense'), await midStore('aarhus')];
  const startMs = performance.now();
  ofOdense(change);
  await Promise.all([closed(storing), closed(waiting)]);
  expect(performance.now() - startMs).toBeLessThan(WITHIN_MS);
  expect(other.destroyed).toBe(false);
  const again = await dicomweb(bench, { path: STUDIES, centre: 'odense' });
  expect([again.status, jsonOf<Record<string, unknown>>(again).code]).toEqual([403, 'CERTIFICATE_REVOKED']);
  other.destroy();
  const { fingerprintSha256, serialNumber } = bench.pki.centres.odense.client;
  const cuts = async () =>
    (await bench.journal('dicomweb.refused')).filter(({ text }) => text === `a DICOMweb connection was cut: ${why}`);
  await until(async () => (await cuts()).length > 0);
  expect(await cuts()).toMatchObject([
    {
      centreId: 'odense',
      actor: fingerprintSha256,
      details: { code: 'cut', count: 2, serialNumber, remoteAddress: expect.stringContaining('127.0.0.1') as string },
    },
  ]);
  expect((await bench.journal('stow.refused')).filter(({ centreId }) => centreId === 'odense')).toEqual([]);
  expect(await bench.reads.manager.count(InstanceEntity)).toBe(0);
});
