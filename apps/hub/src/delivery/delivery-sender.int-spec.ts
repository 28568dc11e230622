/** Deliveries over real sockets and mutual TLS, on real databases: what each answer of a receiver does to the row. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { writePart10 } from '@modelbank/dicom';
import { ensurePki } from '@modelbank/dimse';
import type { DevelopmentPki } from '@modelbank/dimse';
import type { DeliveryConfiguration } from '@modelbank/platform';
import { DeliveryEntity, ResultEntity, SeriesEntity } from '@modelbank/store';
import type { DestinationEntity } from '@modelbank/store';
import { CollectingScp, testStores } from '@modelbank/testing';
import type { CollectingOptions, TestStore } from '@modelbank/testing';
import { JobBench, NO_CRASH, QUIET } from '../../../../test/support/job-bench';
import { releaseClaims } from './claim-delivery';
import { DeliverySender } from './delivery-sender';
import type { SendResult } from './send-result';
import { resultSender } from './send-result';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const OBJECT = writePart10({
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.481.3',
  SOPInstanceUID: '2.25.77',
  PatientName: 'Jensen^Planted',
  Modality: 'RTSTRUCT',
});

testStores('deliveries', (database) => {
  let store: TestStore;
  let bench: JobBench;
  let pki: DevelopmentPki;
  const receivers: CollectingScp[] = [];

  beforeEach(async () => {
    store = await database.open();
    bench = await JobBench.on(store);
    pki = await ensurePki(store.configuration.home, ['odense', 'aarhus'], new Date());
    Object.assign(store.configuration.delivery, { timeoutMs: 1000 } satisfies Partial<DeliveryConfiguration>);
  });
  afterEach(async () => {
    await Promise.all(receivers.splice(0).map(({ server }) => server.close()));
    await store.dispose();
  });

  async function receiver(options: CollectingOptions = {}): Promise<CollectingScp> {
    const scp = await CollectingScp.start({
      tls: { caPath: pki.caPath, server: pki.centres.odense.server },
      ...options,
    });
    receivers.push(scp);
    return scp;
  }
  const answering = (status: number) => receiver({ finish: async () => status });
  const toTps = (scp: { port: number }, more: Partial<DestinationEntity> = {}) =>
    bench.destination({ port: scp.port, ...more });

  function sender(send?: SendResult): DeliverySender {
    const { unitOfWork, readStore, objects, clock, configuration } = store;
    const parts = { unitOfWork, store: readStore, clock, configuration, crashPoints: NO_CRASH, log: QUIET };
    return new DeliverySender({ ...parts, send: send ?? resultSender(readStore, objects, configuration) });
  }
  async function deliver(scp: { port: number }, more: Partial<DestinationEntity> = {}): Promise<DeliveryEntity> {
    const { id } = await bench.waiting((await toTps(scp, more)).id, OBJECT);
    expect(await sender().sendNext()).toBe(true);
    return bench.deliveryRow(id);
  }
  const told = () => bench.queued('results.result.delivered');
  const inMs = (row: DeliveryEntity) => (row.nextAttemptAt?.getTime() ?? Number.NaN) - store.clock.now().getTime();

  it.each([
    [0x0000, null],
    [0xb000, 'DELIVERED_WITH_WARNING'],
    [0xb123, 'DELIVERED_WITH_WARNING'],
  ])('answered with %i are delivered, and told once', async (status, stateCode) => {
    const scp = await answering(status);
    const row = await deliver(scp);
    expect(row).toMatchObject({ state: 'delivered', stateCode, lastStatus: status, attempts: 1, lastError: null });
    expect(row.deliveredAt).toEqual(store.clock.now());
    expect(scp.peers.map(({ callingAeTitle, calledAeTitle }) => [callingAeTitle, calledAeTitle])).toEqual([
      ['MODELBANK', 'TPS'],
    ]);
    expect(scp.instances).toHaveLength(1);
    expect(OBJECT.subarray(-scp.instances[0].dataSet.length)).toEqual(new Uint8Array(scp.instances[0].dataSet));
    expect(await told()).toMatchObject([{ body: { resultId: row.resultId, deliveryId: row.id } }]);
    expect(await sender().sendNext()).toBe(false);
  });

  it('refused for want of room are tried again by the schedule', async () => {
    let status = 0xa700;
    const scp = await receiver({ finish: async () => status });
    const { id } = await deliver(scp);
    for (const minutes of [1, 5, 15, 60, 60]) {
      const row = await bench.deliveryRow(id);
      expect(row).toMatchObject({ state: 'waiting', stateCode: 'PEER_REFUSED_INSTANCE', lastStatus: 0xa700 });
      expect(row.lastError).toContain('0xA700');
      expect(inMs(row)).toBe(minutes * MINUTE);
      await store.clock.advance(minutes * MINUTE - 1);
      expect(await sender().sendNext()).toBe(false);
      await store.clock.advance(1);
      expect(await sender().sendNext()).toBe(true);
    }
    status = 0;
    await store.clock.advance(60 * MINUTE);
    await sender().sendNext();
    expect(await bench.deliveryRow(id)).toMatchObject({ state: 'delivered', attempts: 7, lastError: null });
    expect(new Set(scp.instances.map(({ request }) => request.sopInstanceUid)).size).toBe(1);
  });

  it.each([
    ['a refusal of the instance', () => answering(0xc000), 'PEER_REFUSED_INSTANCE', 0xc000],
    [
      'an association refused for good',
      () => receiver({ authorise: async () => ({ accept: false, result: 1, source: 1, reason: 7 }) }),
      'PEER_REJECTED',
      null,
    ],
  ] as const)(
    'that meet %s are parked with a journal entry, and never sent by themselves',
    async (_, start, code, status) => {
      const row = await deliver(await start());
      expect(row).toMatchObject({ state: 'parked', stateCode: code, lastStatus: status, nextAttemptAt: null });
      expect(await bench.journal('delivery.parked')).toMatchObject([
        { subjectId: row.id, details: { code, attempts: 1 } },
      ]);
      expect(JSON.stringify([row, await bench.journal('delivery.parked')])).not.toContain('Jensen');
      await store.clock.advance(30 * DAY);
      expect(await sender().sendNext()).toBe(false);
      expect(await told()).toEqual([]);
    },
  );

  it('that meet an association refused for the moment are tried again', async () => {
    const scp = await receiver({ authorise: async () => ({ accept: false, result: 2, source: 3, reason: 2 }) });
    const row = await deliver(scp);
    expect(row).toMatchObject({ state: 'waiting', stateCode: 'PEER_ABORTED', lastStatus: null });
    expect(inMs(row)).toBe(MINUTE);
  });

  it('to a receiver that is down for 14 days are parked and kept', async () => {
    const closed = await receiver();
    const { port } = closed;
    await closed.server.close();
    receivers.splice(0);
    const almost14DaysAgo = new Date(store.clock.now().getTime() - 14 * DAY + 90 * MINUTE);
    const { id } = await bench.waiting((await toTps({ port })).id, OBJECT, {
      createdAt: almost14DaysAgo,
      attempts: 300,
    });
    await sender().sendNext();
    expect(await bench.deliveryRow(id)).toMatchObject({
      state: 'waiting',
      stateCode: 'PEER_UNREACHABLE',
      attempts: 301,
    });
    await store.clock.advance(60 * MINUTE);
    await sender().sendNext();
    expect(await bench.deliveryRow(id)).toMatchObject({
      state: 'parked',
      stateCode: 'PEER_UNREACHABLE',
      attempts: 302,
    });
    expect(await bench.journal('delivery.parked')).toHaveLength(1);
    await store.clock.advance(300 * DAY);
    expect(await sender().sendNext()).toBe(false);
  });

  it('to a receiver with another certificate than the pinned one are parked before a byte of the patient leaves', async () => {
    const scp = await receiver();
    const row = await deliver(scp, { pinnedFingerprintSha256: pki.centres.aarhus.server.fingerprintSha256 });
    expect(row).toMatchObject({ state: 'parked', stateCode: 'NOT_TRUSTED' });
    expect(scp.peers).toEqual([]);
    const trusted = await deliver(scp, { pinnedFingerprintSha256: pki.centres.odense.server.fingerprintSha256 });
    expect(trusted).toMatchObject({ state: 'delivered' });
  });

  it('to a receiver that hangs time out, one at a time, while others get theirs', async () => {
    let asked = false;
    let wakeUp: (status: number) => void = () => undefined;
    const answer = new Promise<number>((resolve) => (wakeUp = resolve));
    const hanging = await receiver({ onStore: () => void (asked = true), finish: () => answer });
    const [stuck, healthy] = [await toTps(hanging), await toTps(await receiver())];
    const first = await bench.waiting(stuck.id, OBJECT);
    const second = await bench.waiting(stuck.id, OBJECT);
    const other = await bench.waiting(healthy.id, OBJECT);
    const one = sender();
    const slow = one.sendNext();
    while (!asked) await delay(5);
    expect(await one.sendNext()).toBe(true);
    expect(await one.sendNext()).toBe(false);
    expect(await bench.deliveryRow(other.id)).toMatchObject({ state: 'delivered' });
    expect(await bench.deliveryRow(second.id)).toMatchObject({ state: 'waiting', attempts: 0 });
    await slow;
    expect(await bench.deliveryRow(first.id)).toMatchObject({
      state: 'waiting',
      stateCode: 'PEER_TIMEOUT',
      attempts: 1,
    });
    wakeUp(0);
  });

  it.each<[string, Partial<DestinationEntity>, string]>([
    ['the policy forbids', { kind: 'clinical' }, 'TEST_TO_CLINICAL'],
    ['a destination that was taken out of use forbids', { active: false }, 'DESTINATION_INACTIVE'],
  ])('that %s are blocked and not sent', async (_, more, stateCode) => {
    const scp = await receiver();
    expect(await deliver(scp, more)).toMatchObject({ state: 'blocked', stateCode, lastError: expect.any(String) });
    expect(scp.peers).toEqual([]);
    expect(await bench.journal('delivery.blocked')).toHaveLength(1);
  });

  it('whose series opened again wait for it; what is superseded or withdrawn does not leave', async () => {
    const scp = await receiver();
    const { id, resultId } = await bench.waiting((await toTps(scp)).id, OBJECT);
    await bench.change({ state: 'provisional' });
    await sender().sendNext();
    expect(await bench.deliveryRow(id)).toMatchObject({ state: 'awaitingCompletion', nextAttemptAt: null });
    expect(await sender().sendNext()).toBe(false);
    await bench.change({ state: 'complete' });
    const sibling = {
      ...(await bench.manager.findOneByOrFail(SeriesEntity, { id: bench.seriesId })),
      state: 'open',
    } as const;
    await store.unitOfWork.run((tx) =>
      tx.manager.insert(SeriesEntity, { ...sibling, id: 'sibling', seriesInstanceUid: '2.25.1' }),
    );
    expect(await sender().sendNext()).toBe(false);
    await store.unitOfWork.run((tx) => tx.manager.update(SeriesEntity, { id: 'sibling' }, { state: 'complete' }));
    await bench.change({ state: 'superseded' });
    expect(await sender().sendNext()).toBe(false);
    await bench.change({ state: 'complete' });
    await store.unitOfWork.run((tx) => tx.manager.update(ResultEntity, { id: resultId }, { state: 'withdrawn' }));
    await sender().sendNext();
    expect(await bench.deliveryRow(id)).toMatchObject({ state: 'cancelled', stateCode: 'WITHDRAWN' });
    expect(scp.peers).toEqual([]);
  });

  it('cancelled while they are sent say that the receiver has them', async () => {
    const cancel = { state: 'cancelled', stateCode: 'WITHDRAWN', leaseExpiresAt: null } as const;
    const scp = await receiver({
      finish: async ({ sopInstanceUid }) => {
        const { id } = await bench.manager.findOneByOrFail(ResultEntity, { sopInstanceUid });
        await store.unitOfWork.run((tx) => tx.manager.update(DeliveryEntity, { resultId: id }, cancel));
        return 0;
      },
    });
    expect(await deliver(scp)).toMatchObject({ state: 'delivered', stateCode: 'DELIVERED_WHILE_WITHDRAWN' });
    expect(await told()).toHaveLength(1);
  });

  it('cancelled while they fail stay cancelled, without a journal entry', async () => {
    const { id } = await bench.waiting((await toTps({ port: 1 })).id, OBJECT);
    const failing = sender(async () => {
      await store.unitOfWork.run((tx) => tx.manager.update(DeliveryEntity, { id }, { state: 'cancelled' }));
      throw new Error('Jensen^Planted');
    });
    await failing.sendNext();
    expect(await bench.deliveryRow(id)).toMatchObject({ state: 'cancelled', lastError: null });
  });

  it('that fail for a reason of our own keep no word of a foreign error', async () => {
    const { id } = await bench.waiting((await toTps({ port: 1 })).id, OBJECT);
    await sender(() => Promise.reject(new Error('Jensen^Planted 010203-1234'))).sendNext();
    const row = await bench.deliveryRow(id);
    expect(row).toMatchObject({ state: 'waiting', stateCode: 'INTERNAL' });
    expect(JSON.stringify(row)).not.toContain('Jensen');
  });

  it('cut by a restart are sent again under the same UID, and a late answer is told once', async () => {
    const scp = await receiver();
    const { id } = await bench.waiting((await toTps(scp)).id, OBJECT);
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const real = resultSender(store.readStore, store.objects, store.configuration);
    const late = sender(async (delivery) => {
      const status = await real(delivery);
      await answered;
      return status;
    }).sendNext();
    while (scp.instances.length === 0) await delay(5);
    await releaseClaims(store.unitOfWork, store.clock);
    expect(await sender().sendNext()).toBe(true);
    expect(await bench.deliveryRow(id)).toMatchObject({ state: 'delivered', attempts: 2 });
    answer();
    await late;
    expect(scp.instances.map(({ request }) => request.sopInstanceUid)).toEqual(
      Array(2).fill(scp.instances[0].request.sopInstanceUid),
    );
    expect(await told()).toHaveLength(1);
  });

  it('whose stored bytes changed are parked and not sent', async () => {
    const scp = await receiver();
    const { id, resultId } = await bench.waiting((await toTps(scp)).id, OBJECT);
    const { objectKey } = await bench.manager.findOneByOrFail(ResultEntity, { id: resultId });
    await store.objects.put(objectKey, randomBytes(300));
    await sender().sendNext();
    expect(await bench.deliveryRow(id)).toMatchObject({ state: 'parked', stateCode: 'OBJECT_CORRUPT' });
    expect(scp.peers).toEqual([]);
  });
});
