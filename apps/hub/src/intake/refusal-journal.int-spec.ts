/** Refusals of the real door, in the journal: one entry each, a flood counted, the database away or not. */
import { RawPeer, rawAssociateRequest, rawData, rawPdu, rawStoreRequest } from '@modelbank/testing';
import { IntakeBench } from '../../../../test/support/intake-bench';
import { RefusalJournal } from './refusal-journal';

let bench: IntakeBench;

beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
});
afterAll(() => bench.dispose());

async function associated(): Promise<RawPeer> {
  const peer = await RawPeer.connect(bench.dimsePort, await bench.socketTls('odense'));
  peer.send(rawAssociateRequest({ callingAeTitle: 'CT1' }));
  expect(await peer.next()).toMatchObject({ type: 2 });
  return peer;
}

/** What is still being counted is written now. */
async function entries(kind: string) {
  await bench.app.get(RefusalJournal, { strict: false }).flush();
  return bench.journal(kind);
}

it('a peer that breaks the protocol is one entry with its centre, certificate, address and rule', async () => {
  const peer = await associated();
  peer.send(rawPdu(0xff));
  await peer.closed();
  expect(await entries('peer.refused')).toMatchObject([
    {
      centreId: 'odense',
      actor: expect.stringMatching(/^[0-9a-f]{64}$/),
      text: 'a DICOM peer was refused or lost: PDU type 255 does not exist',
      details: {
        code: 'protocolViolation',
        count: 1,
        remoteAddress: '127.0.0.1',
        serialNumber: expect.stringMatching(/^[0-9a-f]+$/i),
        associationId: expect.any(String),
      },
    },
  ]);
});

it('instances that are refused for the same reason at the same time are one entry that counts them', async () => {
  const peer = await associated();
  for (let k = 0; k < 20; k += 1) {
    peer.send(rawData(3, 0x03, rawStoreRequest(`1.2.3.${k}`)), rawData(3, 0x02, Buffer.from('no data set at all')));
    await peer.next();
  }
  expect(await entries('instance.refused')).toMatchObject([
    { centreId: 'odense', details: { code: 'DATASET_MALFORMED', count: 20 } },
  ]);
  peer.close();
});

it('what the door journals itself is not journalled twice, what the upper layer refuses is journalled too', async () => {
  const tls = await bench.socketTls('odense');
  for (const callingAeTitle of ['NOBODY', 'BACK\\SLASH']) {
    const peer = await RawPeer.connect(bench.dimsePort, tls);
    peer.send(rawAssociateRequest({ callingAeTitle }));
    expect(await peer.next()).toMatchObject({ type: 3 });
    await peer.closed();
  }
  const rejected = await entries('association.rejected');
  expect(rejected.map(({ details }) => details?.code)).toEqual(['AE_TITLE_MISMATCH', 'AE_TITLE_INVALID']);
});

it('more peers than can be counted are counted together', async () => {
  const journal = bench.app.get(RefusalJournal, { strict: false });
  for (let peer = 0; peer < 1_500; peer += 1) {
    journal.record({
      kind: 'test.refused',
      code: 'flood',
      text: 'refused',
      remoteAddress: `10.0.${peer >> 8}.${peer}`,
    });
  }
  const flood = await entries('test.refused');
  expect(flood).toHaveLength(1_001);
  expect(flood.filter(({ details }) => details?.remoteAddress === 'several')).toMatchObject([
    { details: { count: 500 } },
  ]);
});
