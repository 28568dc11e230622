/** A right that ends cuts who is connected, within five seconds, whichever process of the hub ended it. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { CentreDirectory } from '@modelbank/contracts';
import type { LiveConnection } from '@modelbank/dimse';
import { createLogger } from '@modelbank/platform';
import { CallingAeEntity, CentreCertificateEntity, InstanceEntity } from '@modelbank/store';
import {
  RAW_CT,
  RawPeer,
  VirtualClock,
  rawAssociateRequest,
  rawData,
  rawStoreRequest,
  testStores,
} from '@modelbank/testing';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { CachedCentreDirectory } from '../centres/directory';
import { ConnectionWatch, LOOK_EVERY_MS } from './connection-watch';

/** Real databases on a busy machine. */
jest.setTimeout(60_000);

const WITHIN_MS = 5_000;
const FINGERPRINT = 'f'.repeat(64);

testStores('the watch of live connections', (database) => {
  let clock: VirtualClock;
  let cuts: string[];
  let watch: ConnectionWatch;
  let store: Awaited<ReturnType<typeof database.open>>;
  const live: LiveConnection = {
    fingerprintSha256: FINGERPRINT,
    callingAeTitle: 'CT1',
    cut: (why) => void cuts.push(why),
  };

  beforeEach(async () => {
    cuts = [];
    clock = new VirtualClock('2026-01-01T08:00:00.000Z');
    store = await database.open();
    await store.unitOfWork.run(async ({ manager }) => {
      const from = new Date('2025-01-01T00:00:00Z');
      const facts = { fingerprintSha256: FINGERPRINT, serialNumber: '01', subject: 'CN=odense' };
      const validity = { notBefore: from, notAfter: new Date('2026-01-01T09:00:00Z'), revokedAt: null };
      await manager.insert(CentreCertificateEntity, {
        ...{ id: 'certificate', centreId: 'odense', enrolledAt: from },
        ...facts,
        ...validity,
      });
      const settings = { settleTimeMs: 1_000, sendsWholeSeries: false };
      await manager.insert(CallingAeEntity, { id: 'ae', centreId: 'odense', aeTitle: 'CT1', ...settings });
    });
    watchOf(new CachedCentreDirectory(store.readStore, clock));
  });
  afterEach(async () => {
    await watch.stop();
    await store.dispose();
  });

  function watchOf(directory: CentreDirectory): void {
    watch = new ConnectionWatch(directory, clock, createLogger({ level: 'silent', pretty: false }));
    watch.start({ connections: () => [live] });
  }

  /** Time goes on until somebody was cut, or for that long. */
  async function whenCut(mostMs: number): Promise<number> {
    const startMs = clock.monotonicMs();
    while (cuts.length === 0 && clock.monotonicMs() - startMs < mostMs) {
      await clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return clock.monotonicMs() - startMs;
  }

  it.each<[string, string, () => Promise<unknown>]>([
    [
      'its certificate was revoked',
      'the certificate was revoked',
      () =>
        store.unitOfWork.run(({ manager }) =>
          manager.update(CentreCertificateEntity, { id: 'certificate' }, { revokedAt: clock.now() }),
        ),
    ],
    [
      'its AE title was taken from the centre',
      'the calling AE title was taken from the centre',
      () => store.unitOfWork.run(({ manager }) => manager.delete(CallingAeEntity, { id: 'ae' })),
    ],
  ])('cuts within the time when %s by another process', async (_what, why, change) => {
    await clock.advance(LOOK_EVERY_MS + 100);
    expect(cuts).toEqual([]);
    await change();
    expect(await whenCut(WITHIN_MS)).toBeLessThan(WITHIN_MS - 1_000);
    expect(cuts[0]).toBe(why);
  });

  it('cuts at the end of the certificate, and not before', async () => {
    await clock.advance(Date.parse('2026-01-01T09:00:00Z') - clock.now().getTime());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(cuts).toEqual([]);
    await whenCut(WITHIN_MS);
    expect(cuts[0]).toBe('the certificate has run out');
  });

  it('cuts nobody while the database is away, and goes on looking', async () => {
    await watch.stop();
    const directory = new CachedCentreDirectory(store.readStore, clock);
    const away = { isAway: true };
    const refresh = () => (away.isAway ? Promise.reject(new Error('away')) : Promise.resolve());
    watchOf(Object.assign(Object.create(directory) as CentreDirectory, { refresh }));
    await store.unitOfWork.run(({ manager }) =>
      manager.update(CentreCertificateEntity, { id: 'certificate' }, { revokedAt: clock.now() }),
    );
    await whenCut(WITHIN_MS);
    expect(cuts).toEqual([]);
    away.isAway = false;
    await whenCut(WITHIN_MS);
    expect(cuts).not.toEqual([]);
  });
});

describe('A7 a real association', () => {
  let bench: IntakeBench;

  beforeEach(async () => {
    bench = await IntakeBench.open();
    await bench.enrol();
  });
  afterEach(() => bench.dispose());

  /** A C-STORE that has begun and waits for the rest of its data set. */
  async function midStore(centre: string, callingAeTitle: string): Promise<RawPeer> {
    const peer = await RawPeer.connect(bench.dimsePort, await bench.socketTls(centre));
    peer.send(rawAssociateRequest({ callingAeTitle }));
    expect(await peer.next()).toMatchObject({ type: 2 });
    peer.send(rawData(RAW_CT.id, 3, rawStoreRequest('1.2.3.4')), rawData(RAW_CT.id, 0, Buffer.alloc(10_000)));
    return peer;
  }

  it('is cut in the middle of a C-STORE when another process revoked its certificate; nothing is stored, others go on', async () => {
    const [revoked, other] = [await midStore('odense', 'CT1'), await midStore('aarhus', 'CT2')];
    const { fingerprintSha256, serialNumber } = bench.pki.centres.odense.client;
    // as another process would: not through this hub's API
    const database = new Database(join(bench.configuration.home, 'modelbank.sqlite'));
    database
      .prepare('UPDATE centre_certificate SET revokedAt = ? WHERE fingerprintSha256 = ?')
      .run(new Date().toISOString(), fingerprintSha256);
    database.close();
    const reply = await revoked.next(WITHIN_MS);
    expect(reply === 'closed' ? reply : reply.type).toBe(7);
    await revoked.closed(WITHIN_MS);
    const again = await RawPeer.connect(bench.dimsePort, await bench.socketTls('odense'));
    again.send(rawAssociateRequest({ callingAeTitle: 'CT1' }));
    expect(await again.next()).toMatchObject({ type: 3 });
    again.close();
    expect(other.socket.destroyed).toBe(false);
    expect(await bench.reads.manager.count(InstanceEntity)).toBe(0);
    other.close();
    for (let waited = 0; (await bench.journal('peer.refused')).length === 0 && waited < 40; waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await bench.journal('peer.refused')).toMatchObject([
      {
        centreId: 'odense',
        actor: fingerprintSha256,
        details: { code: 'cut', serialNumber, remoteAddress: '127.0.0.1' },
      },
    ]);
  });
});
