/** Crowds: connections that come and go by the hundred, and mutated dialogues; the SCP stays up, small and empty. */
import {
  CollectingScp,
  RAW_CT,
  RawPeer,
  eventually,
  keptBytes,
  rawAssociateRequest,
  rawData,
  rawEchoRequest,
  rawPdu,
  rawStoreRequest,
} from '@modelbank/testing';

/** Hundreds of connections, beside whatever else the machine does. */
jest.setTimeout(60_000);

const MIB = 1024 ** 2;
let scp: CollectingScp;
afterEach(() => scp.server.close(0));

const allGone = () => eventually(() => scp.server.associationCount === 0 && scp.openSinks === 0, 5_000);

it('B12 serves 64 idle associations, refuses the others for now, and frees every place', async () => {
  scp = await CollectingScp.start();
  const peers = await Promise.all(Array.from({ length: 200 }, () => RawPeer.connect(scp.port)));
  for (const peer of peers) peer.send(rawAssociateRequest());
  const replies = await Promise.all(peers.map((peer) => peer.next()));
  const types = replies.map((reply) => (reply === 'closed' ? 0 : reply.type));
  expect(types.filter((type) => type === 2)).toHaveLength(64);
  expect(types.filter((type) => type === 3)).toHaveLength(136);
  for (const peer of peers) peer.close();
  await allGone();
  expect(scp.ends).toHaveLength(64);
});

it('B12 does not grow by associations that open and abort', async () => {
  scp = await CollectingScp.start();
  const cycle = async (): Promise<void> => {
    const peer = await RawPeer.connect(scp.port);
    peer.send(rawAssociateRequest());
    await peer.next();
    peer.send(rawData(RAW_CT.id, 3, rawStoreRequest('1.2.3')), rawData(RAW_CT.id, 0, Buffer.alloc(2_000)), rawPdu(7));
    await peer.closed();
  };
  for (let warmUp = 0; warmUp < 200; warmUp += 1) await cycle();
  const before = keptBytes();
  for (let count = 0; count < 500; count += 1) await cycle();
  await allGone();
  expect(scp.abortedSinks).toBe(700);
  expect((keptBytes() - before) / MIB).toBeLessThan(30);
});

/** A small generator with a fixed seed: the same mutations every time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) yield state >>> 8;
}

it('survives dialogues with flipped bytes and cut ends', async () => {
  scp = await CollectingScp.start({
    limits: { idleMs: 250, associateMs: 250, lingerMs: 100, maximumAssociations: 500 },
  });
  const messages = Buffer.concat([
    rawData(1, 3, rawEchoRequest()),
    rawData(RAW_CT.id, 3, rawStoreRequest('1.2.3')),
    rawData(RAW_CT.id, 0, Buffer.alloc(300)),
    rawData(RAW_CT.id, 2, Buffer.alloc(300)),
    rawPdu(5),
  ]);
  const random = numbers(20_261_122);
  const below = (limit: number): number => random.next().value % limit;
  for (let batch = 0; batch < 6; batch += 1) {
    const peers = await Promise.all(Array.from({ length: 50 }, () => RawPeer.connect(scp.port)));
    const mutated = (whole: Buffer): Buffer => {
      const bytes = Buffer.from(whole.subarray(0, below(4) === 0 ? below(whole.length) : whole.length));
      for (let flip = below(5); flip >= 0 && bytes.length > 0; flip -= 1) bytes[below(bytes.length)] = below(256);
      return bytes;
    };
    const inRequest = peers.map(() => below(4) === 0);
    peers.forEach((peer, index) =>
      peer.send(inRequest[index] ? mutated(rawAssociateRequest()) : rawAssociateRequest()),
    );
    // what comes before the acceptance is refused as such: the others wait for it
    await Promise.all(peers.filter((_, index) => !inRequest[index]).map((peer) => peer.next()));
    peers.forEach((peer) => peer.send(mutated(messages)));
    await Promise.all(peers.map((peer) => peer.closed(5_000)));
  }
  await allGone();
  const good = await RawPeer.connect(scp.port);
  good.send(rawAssociateRequest());
  expect(await good.next()).toMatchObject({ type: 2 });
  good.send(messages);
  for (const type of [4, 4, 6]) expect(await good.next()).toMatchObject({ type });
  good.close();
});
